// The bar above the tiles: choosing on the left, verdicts on the right.

import { densityButton, drawDensity } from "./density.js"
import { openPhotos, selectedPhotos } from "./desk.js"
import { element, isDisabled, setDisabled, verbButton } from "./element.js"
import { openKeys } from "./keys_dialog.js"
import { openLeaving } from "./leaving.js"
import { clearSelection, selectAll } from "./selection.js"
import { skip } from "./skipping.js"
import { verdictButtons } from "./verdicts.js"

export function createToolbar(desk) {
  const button = (name, key, onclick, className = "") => {
    const node = verbButton(name, { key, className })
    node.onclick = () => isDisabled(node) || onclick(desk)
    return node
  }
  const isMac = /Mac|iP(hone|ad)/.test(navigator.platform)
  const all = button("Select all", isMac ? "⌘A" : "Ctrl A", selectAll)
  const clear = button("Clear", "Esc", clearSelection, "quiet")
  const keys = button("Keys", "?", openKeys, "quiet keys-button")
  const density = densityButton(desk)
  const count = element("span", { className: "count", id: "selected-count", role: "status" })
  const passing = [
    button("Skip", "N", (desk) => skip(desk, selectedPhotos(desk)), "quiet skip"),
    button("For a manager", "M", (desk) => openLeaving(desk, selectedPhotos(desk)), "quiet"),
  ]
  const verdicts = verdictButtons(desk, () => selectedPhotos(desk), count.id)
  const choosing = element("div", { className: "choosing" }, all, clear, count, density.node, keys)
  const judging = element("div", { className: "verdicts" }, ...passing, ...verdicts)
  const node = element("div", { className: "toolbar" }, choosing, judging)
  return { node, choosing, judging, all, clear, count, density, passing, verdicts }
}

export function drawToolbar(desk, toolbar) {
  const { choosing, judging, all, clear, count, density, passing, verdicts } = toolbar
  const selected = selectedPhotos(desk).length
  const open = openPhotos(desk).length
  choosing.hidden = judging.hidden = open === 0
  drawDensity(desk, density)
  count.textContent = `${selected} selected`
  setDisabled(all, selected === open)
  setDisabled(clear, selected === 0)
  for (const button of passing) setDisabled(button, selected === 0)
  for (const button of verdicts) {
    setDisabled(button, selected === 0)
    button.querySelector(".number").textContent = selected || ""
  }
}
