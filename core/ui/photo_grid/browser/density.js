// How large the tiles are: this person's choice, on this computer.

import { element, verbButton } from "./element.js"
import { keep, recall } from "./storage.js"

const DENSITIES = ["comfortable", "compact", "dense"]
const DENSITY_NAME = "density"

export function densityButton(desk) {
  const name = element("span", { className: "is-quiet" })
  const node = verbButton(
    "Tiles",
    { key: "D", className: "quiet density", title: "How large the tiles are" },
    name,
  )
  node.onclick = () => nextDensity(desk)
  return { node, name }
}

export function nextDensity(desk) {
  const next = DENSITIES[(DENSITIES.indexOf(densityOf(desk)) + 1) % DENSITIES.length]
  keep(desk.data.person, DENSITY_NAME, next)
  desk.density = next
  desk.changed()
  desk.tiles.drawn.get(desk.current)?.node.scrollIntoView({ block: "nearest" })
}

export function drawDensity(desk, { node, name }) {
  const density = densityOf(desk)
  desk.root.dataset.density = density
  name.textContent = density
  node.ariaLabel = `Tiles: ${density}`
}

function densityOf(desk) {
  desk.density ??= recall(desk.data.person, DENSITY_NAME)
  return DENSITIES.includes(desk.density) ? desk.density : "compact"
}
