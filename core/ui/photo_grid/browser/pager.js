// To the next page and back, below the tiles.

import { element, isDisabled, setDisabled } from "./element.js"
import { clearSelection } from "./selection.js"
import { focusTile } from "./tiles.js"

export function createPager(desk) {
  const button = (direction, name, text) => {
    const node = element("button", { type: "button", ariaLabel: name }, text)
    node.onclick = () => isDisabled(node) || desk.outbox.isCut || turn(desk, direction)
    return node
  }
  const previous = button("previous", "Previous page", "‹ Previous")
  const next = button("next", "Next page", "Next ›")
  const node = element("nav", { className: "pager", ariaLabel: "Pages" }, previous, next)
  return { node, previous, next }
}

function turn(desk, direction) {
  clearSelection(desk)
  desk.refused.clear()
  desk.turnedFrom = desk.data.photos
  desk.outbox.send("turned", direction)
}

/** At the top of the page that was turned to, once its rows are here. */
export function arrive(desk) {
  const [before] = desk.turnedFrom ?? []
  const [now] = desk.data.photos
  if (!before || before.id === now?.id) return
  desk.turnedFrom = null
  desk.root.scrollIntoView()
  focusTile(desk, now?.id)
}

export function drawPager(desk, { node, previous, next }) {
  const { has_previous: before, has_next: after } = desk.data
  node.hidden = !before && !after
  setDisabled(previous, !before)
  setDisabled(next, !after)
}
