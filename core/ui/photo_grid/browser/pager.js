// To the next page and back, below the tiles.

import { element, isDisabled, setDisabled } from "./element.js"
import { clearSelection } from "./selection.js"
import { focusTile } from "./tiles.js"

const TURNS_WITHIN = 5_000 // milliseconds

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

/** A click on the way to a page would be about the page after it. */
function turn(desk, direction) {
  if (isTurning(desk)) return
  clearSelection(desk)
  desk.refused.clear()
  desk.turnedFrom = { photos: desk.data.photos, at: performance.now() }
  desk.outbox.send("turned", direction)
}

/** What was sent may be lost with the connection: not for ever. */
function isTurning({ turnedFrom }) {
  return Boolean(turnedFrom) && performance.now() - turnedFrom.at < TURNS_WITHIN
}

/** At the top of the page that was turned to, once its rows are here. */
export function arrive(desk) {
  if (!desk.turnedFrom) return
  const [before] = desk.turnedFrom.photos
  const [now] = desk.data.photos
  if (before?.id === now?.id) return
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
