// A frame drawn over tiles selects them, with the mouse or a pen; a finger scrolls instead.

import { openPhotos } from "./desk.js"
import { element } from "./element.js"
import { beginRange } from "./selection.js"

const CLICK_SLACK = 6 // CSS pixels that a hand may shake in a click
const SCROLL_EDGE = 48 // from the edge of what scrolls, where it begins to
const FASTEST_SCROLL = 24 // pixels a frame
/** Text to be read and copied, and what has a use of its own. */
const NOT_FROM = ".remark, .earlier, .dismiss, textarea, select, input:not([type=checkbox])"

export function listenToSweeps(desk) {
  const { node } = desk.tiles
  node.addEventListener("pointerdown", (event) => aimSweep(desk, event))
  // A pen would scroll like a finger. It is seen before it touches, so only then it may not.
  node.addEventListener("pointerenter", ({ pointerType }) => {
    node.classList.toggle("is-under-pen", pointerType === "pen")
  })
  node.addEventListener("pointerleave", () => node.classList.remove("is-under-pen"))
}

function aimSweep(desk, event) {
  const { target, button, pointerType, pointerId } = event
  if (pointerType === "touch" || button !== 0 || desk.sweep || target.closest(NOT_FROM)) return
  const listening = new AbortController()
  const sweep = {
    from: pointInDesk(desk, event),
    at: event,
    pointerId,
    before: new Set(desk.selected),
    // As a click would: begun on a selected tile, it takes away.
    isTakingAway: desk.selected.has(Number(target.closest(".tile")?.dataset.id)),
    frame: element("div", { className: "frame" }),
    listening,
  }
  const listen = (name, react) => window.addEventListener(name, react, { signal: listening.signal })
  listen("pointermove", (moved) => followSweep(desk, sweep, moved))
  listen("pointerup", () => endSweep(desk, sweep))
  listen("pointercancel", () => cancelSweep(desk, sweep))
}

function followSweep(desk, sweep, event) {
  if (event.pointerId !== sweep.pointerId) return
  sweep.at = event
  if (desk.sweep) return
  const { x, y } = pointInDesk(desk, event)
  if (Math.hypot(x - sweep.from.x, y - sweep.from.y) >= CLICK_SLACK) beginSweep(desk, sweep)
}

function beginSweep(desk, sweep) {
  desk.sweep = sweep
  sweep.scroller = scrollerOf(desk)
  desk.root.setPointerCapture(sweep.pointerId)
  desk.root.classList.add("is-sweeping")
  desk.root.append(sweep.frame)
  drawSweep(desk, sweep)
}

/** Once for every frame on screen: while the page scrolls, the tiles pass below a resting hand. */
function drawSweep(desk, sweep) {
  if (desk.sweep !== sweep) return
  scrollAtEdge(sweep)
  const to = pointInDesk(desk, sweep.at)
  const left = Math.min(sweep.from.x, to.x)
  const top = Math.min(sweep.from.y, to.y)
  const right = Math.max(sweep.from.x, to.x)
  const bottom = Math.max(sweep.from.y, to.y)
  Object.assign(sweep.frame.style, {
    translate: `${left}px ${top}px`,
    width: `${right - left}px`,
    height: `${bottom - top}px`,
  })
  selectTouched(desk, sweep, { left, top, right, bottom })
  requestAnimationFrame(() => drawSweep(desk, sweep))
}

function selectTouched(desk, sweep, frame) {
  const { x, y } = originOfDesk(desk)
  const isTouched = ({ id }) => {
    const tile = desk.tiles.drawn.get(id)?.node.getBoundingClientRect()
    return (
      tile &&
      tile.left - x < frame.right &&
      tile.right - x > frame.left &&
      tile.top - y < frame.bottom &&
      tile.bottom - y > frame.top
    )
  }
  const touched = openPhotos(desk).filter(isTouched)
  const selected = new Set(sweep.before)
  for (const { id } of touched) {
    if (sweep.isTakingAway) selected.delete(id)
    else selected.add(id)
  }
  const isSame = selected.size === desk.selected.size && [...selected].every((id) => desk.selected.has(id))
  if (isSame) return
  desk.selected = selected
  beginRange(desk, touched[0]?.id ?? null)
  desk.changed()
}

function endSweep(desk, sweep) {
  sweep.listening.abort()
  if (desk.sweep !== sweep) return
  desk.sweep = null
  desk.root.classList.remove("is-sweeping")
  sweep.frame.remove()
  // The click that follows belongs to the sweep: it must not open what it ended on.
  const swallow = (event) => {
    event.preventDefault()
    event.stopPropagation()
  }
  window.addEventListener("click", swallow, { capture: true, once: true })
  setTimeout(() => window.removeEventListener("click", swallow, { capture: true }))
}

export function cancelSweep(desk, sweep = desk.sweep) {
  if (desk.sweep === sweep) desk.selected = sweep.before
  endSweep(desk, sweep)
  desk.changed()
}

function originOfDesk(desk) {
  const { x, y } = desk.root.getBoundingClientRect()
  return { x, y }
}

function pointInDesk(desk, { clientX, clientY }) {
  const { x, y } = originOfDesk(desk)
  return { x: clientX - x, y: clientY - y }
}

function scrollerOf(desk) {
  let node = desk.root.getRootNode().host ?? desk.root
  while (node && !/auto|scroll/.test(getComputedStyle(node).overflowY)) node = node.parentElement
  return node ?? document.scrollingElement
}

function scrollAtEdge({ scroller, at }) {
  const { top, bottom } = scroller.getBoundingClientRect()
  const lowest = Math.min(bottom, innerHeight) - SCROLL_EDGE
  const highest = Math.max(top, 0) + SCROLL_EDGE
  const over = Math.max(0, at.clientY - lowest) - Math.max(0, highest - at.clientY)
  scroller.scrollTop += Math.max(-FASTEST_SCROLL, Math.min(FASTEST_SCROLL, over / 2))
}
