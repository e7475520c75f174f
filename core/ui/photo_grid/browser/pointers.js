// Wheel, mouse and fingers on the stage, told as what they mean there.

const STEADY = 8 // CSS pixels that a finger may move and still have tapped
const TWICE = 400 // milliseconds between two taps that belong together
const SWIPE = 48 // CSS pixels

/** `told` has `zoom(factor, point)`, `pan(dx, dy, point)`, `tapTwice(point)`, `lean(dx)`, `swipe(by)`
 * and `isCloser()`; points are those of the window. */
export function listenToPointers(node, told) {
  const touch = { fingers: new Map(), last: null, start: null, told, node }
  node.addEventListener("wheel", (event) => turnWheel(event, told), { passive: false })
  node.addEventListener("pointerdown", (event) => putDown(touch, event))
  node.addEventListener("pointermove", (event) => drag(touch, event))
  node.addEventListener("pointerup", (event) => lift(touch, event))
  node.addEventListener("pointercancel", (event) => giveUp(touch, event))
}

/** A pinch on a touchpad comes as a wheel with Ctrl, in much smaller steps. */
function turnWheel(event, told) {
  event.preventDefault()
  const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1
  const by = Math.min(Math.max(event.deltaY * lines, -200), 200)
  told.zoom(Math.exp(-by * (event.ctrlKey ? 0.01 : 0.002)), pointOf(event))
}

function putDown(touch, event) {
  if (event.button !== 0) return
  touch.node.setPointerCapture(event.pointerId)
  touch.fingers.set(event.pointerId, pointOf(event))
  touch.last = spread(touch)
  if (touch.fingers.size > 1) return dropSwipe(touch)
  touch.start = { ...pointOf(event), isTap: true, isSwipe: event.pointerType !== "mouse" }
}

function drag(touch, event) {
  if (!touch.fingers.has(event.pointerId)) return
  touch.fingers.set(event.pointerId, pointOf(event))
  const { last, told, start } = touch
  const now = spread(touch)
  touch.last = now
  if (start && distance(start, now) > STEADY) start.isTap = false
  if (now.length && last.length) told.zoom(now.length / last.length, now)
  if (told.isCloser()) {
    if (start?.isTap !== true) told.pan(now.x - last.x, now.y - last.y, now)
  } else if (start?.isSwipe && !start.isTap) told.lean(now.x - start.x)
}

function lift(touch, event) {
  if (!touch.fingers.delete(event.pointerId)) return
  const { start, told } = touch
  const point = pointOf(event)
  touch.last = spread(touch)
  if (touch.fingers.size) return
  told.lean(0)
  touch.start = null
  if (!start) return
  if (start.isTap) return tap(touch, point, event.timeStamp)
  const [dx, dy] = [point.x - start.x, point.y - start.y]
  const isAcross = Math.abs(dx) > SWIPE && Math.abs(dx) > 1.5 * Math.abs(dy)
  if (start.isSwipe && isAcross && !told.isCloser()) told.swipe(dx < 0 ? 1 : -1)
}

function giveUp(touch, event) {
  touch.fingers.delete(event.pointerId)
  touch.last = spread(touch)
  dropSwipe(touch)
}

function dropSwipe(touch) {
  touch.start = null
  touch.told.lean(0)
}

function tap(touch, point, at) {
  const { tapped } = touch
  const isSecond = tapped && at - tapped.at < TWICE && distance(point, tapped) < 4 * STEADY
  touch.tapped = isSecond ? null : { ...point, at }
  if (isSecond) touch.told.tapTwice(point)
}

/** The middle of the fingers and, of two, how far they are apart. */
function spread({ fingers }) {
  const [one, two] = [...fingers.values()]
  if (!two) return { ...one, length: 0 }
  return { x: (one.x + two.x) / 2, y: (one.y + two.y) / 2, length: distance(one, two) }
}

function pointOf({ clientX: x, clientY: y }) {
  return { x, y }
}

function distance(one, two) {
  return Math.hypot(one.x - two.x, one.y - two.y)
}
