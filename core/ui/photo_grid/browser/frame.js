// The shape that a photo is cut to for its product, laid over it.

import { element } from "./element.js"
import { keep, recall } from "./storage.js"

/** As every phone's photo on a square product loses a quarter, so little is not worth a frame. */
const WORTH_SEEING = 0.1
const CHOSEN = "is-frame-shown"

/** The shares that a crop from the middle takes of the width and of the height: one of them is 0. */
function cutAway({ width, height, frame }) {
  const wideness = frame ? width / height / frame.aspect : 1
  return { across: Math.max(0, 1 - 1 / wideness), down: Math.max(0, 1 - wideness) }
}

/** "17 % at the sides"; "" for next to nothing. */
export function cutInWords(photo) {
  const { across, down } = cutAway(photo)
  const percent = Math.round(100 * (across + down))
  return percent && `${percent} % is cut away ${across ? "at the sides" : "at top and bottom"}`
}

/** As it was chosen last in this tab; before, where much is cut away. */
export function isFrameShown(desk, photo) {
  if (!photo.frame) return false
  const { across, down } = cutAway(photo)
  return recall(desk.data.person, CHOSEN, () => sessionStorage) ?? across + down > WORTH_SEEING
}

export function toggleFrame(desk, photo) {
  keep(desk.data.person, CHOSEN, !isFrameShown(desk, photo), () => sessionStorage)
}

/** In the original's pixels, like the sheet that it lies on. */
function frameOver(photo) {
  const { across, down } = cutAway(photo)
  const face = photo.frame.face && element("div", { className: "face" })
  const node = element("div", { className: "frame", ariaHidden: "true" }, element("div", {}, face))
  node.style.borderWidth = `${(photo.height * down) / 2}px ${(photo.width * across) / 2}px`
  if (face) {
    const [width, height] = photo.frame.face
    face.style.inset = `${50 * (1 - height)}% ${50 * (1 - width)}%`
  }
  return node
}

export function drawFrame(desk, photo, pane) {
  pane.frame?.remove()
  pane.frame = isFrameShown(desk, photo) ? frameOver(photo) : null
  if (pane.frame) pane.sheet.append(pane.frame)
}
