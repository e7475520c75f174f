// Which part of the pictures on the stage is seen, and how large: geometry, nothing of the page.

const CLOSEST = 8 // screen pixels for one of the original's

/** `times` the size that fits; `x` and `y` say what stands in the middle, as shares of the picture. */
export function wholePicture() {
  return { times: 1, x: 0.5, y: 0.5 }
}

/** A little more than 1, because pinching seldom ends exactly there. */
export function isCloser({ times }) {
  return times > 1.01
}

/** CSS pixels for one pixel of the original. */
function scaleOf(pane, zoom) {
  return fitOf(pane) * zoom.times
}

function fitOf({ node, width, height }) {
  return Math.min(node.clientWidth / width, node.clientHeight / height)
}

/** Screen pixels for one of the original: 1 is 100 %. */
export function magnification(pane, zoom) {
  return scaleOf(pane, zoom) * devicePixelRatio
}

export function inPercent(share) {
  return `${Math.round(100 * share)} %`
}

/** How many times the size that fits makes a pixel of the sharpest picture there is one of the screen. */
export function exactTimes(pane) {
  return pane.sharpest / (fitOf(pane) * devicePixelRatio)
}

/** What is under the point stays under it: `at` is one in a pane, in pixels from its middle. */
export function zoomedTo(panes, zoom, times, at = { pane: panes.at(-1), x: 0, y: 0 }) {
  const exact = exactTimes(at.pane)
  const most = Math.max(4, exact * (CLOSEST / at.pane.sharpest))
  const next = { ...zoom, times: clamped(times, Math.min(1, exact), most) }
  const shift = 1 / scaleOf(at.pane, zoom) - 1 / scaleOf(at.pane, next)
  next.x += (at.x * shift) / at.pane.width
  next.y += (at.y * shift) / at.pane.height
  return withinReach(panes, next)
}

/** Moves the picture by so many CSS pixels, as far as there is more of it. */
export function pannedBy(panes, zoom, dx, dy, pane = panes.at(-1)) {
  const scale = scaleOf(pane, zoom)
  const x = zoom.x - dx / (pane.width * scale)
  const y = zoom.y - dy / (pane.height * scale)
  return withinReach(panes, { ...zoom, x, y })
}

/** As far as the picture that reaches farthest. */
function withinReach(panes, zoom) {
  const nearest = (axis) => Math.min(...panes.map((pane) => margin(pane, zoom)[axis]))
  return { ...zoom, x: within(zoom.x, nearest("x")), y: within(zoom.y, nearest("y")) }
}

/** How near to an edge, as a share of the picture, the middle may come. */
function margin(pane, zoom) {
  const scale = scaleOf(pane, zoom)
  return {
    x: Math.min(0.5, pane.node.clientWidth / (2 * pane.width * scale)),
    y: Math.min(0.5, pane.node.clientHeight / (2 * pane.height * scale)),
  }
}

export function placePane(pane, zoom) {
  const scale = scaleOf(pane, zoom)
  const nearest = margin(pane, zoom)
  const left = pane.node.clientWidth / 2 - within(zoom.x, nearest.x) * pane.width * scale
  const top = pane.node.clientHeight / 2 - within(zoom.y, nearest.y) * pane.height * scale
  const { style } = pane.sheet
  style.width = `${pane.width}px`
  style.height = `${pane.height}px`
  style.transform = `translate(${onPixel(left)}px, ${onPixel(top)}px) scale(${scale})`
  style.setProperty("--pixel", `${1 / scale}px`)
}

/** Half a pixel off, a picture at 100 % would look soft. */
function onPixel(length) {
  return Math.round(length * devicePixelRatio) / devicePixelRatio
}

function within(share, nearest) {
  return clamped(share, nearest, 1 - nearest)
}

function clamped(value, least, most) {
  return Math.min(Math.max(value, least), most)
}
