// Turning and cropping the photo in full screen. Until it is saved or cancelled, nothing else goes.

import { openConfirmation } from "./confirm_dialog.js"
import { say } from "./desk.js"
import {
  grownPart,
  largestPart,
  movedPart,
  reshapedPart,
  turnedPart,
  turnedSize,
  wholePixels,
} from "./edit_geometry.js"
import { saveEdit } from "./edit_saving.js"
import { isSeen } from "./full_screen.js"

const FINISH_FIRST = "Save or cancel first."
const SAVING = "One moment, it is being saved."
export const NO_SHAPE = "No print size is known for it, so there is no shape to crop to."

/** `turns` are quarters, clockwise, in all; `part` is what stays of it then, null for all. */
function beginEdit(desk, view) {
  if (view.edit) return isOpen(desk, view)
  if (!mayEdit(desk, view.photo) || !isSeen(desk, view)) return false
  view.before = null
  view.edit = { photo: view.photo, turns: 0, part: null, isOtherWay: false, saving: "" }
  say(desk, "")
  view.editor.node.focus()
  return true
}

export function mayEdit(desk, photo) {
  return desk.verbs.edits && Boolean(photo.sha256)
}

/** Whether there is an edit that can still be changed. */
function isOpen(desk, { edit }) {
  if (edit?.saving) say(desk, SAVING)
  return Boolean(edit) && !edit.saving
}

/** True, and says why, while a picture that is not saved stands on the screen. */
export function holdsBack(desk, view) {
  if (!view.edit) return false
  say(desk, view.edit.saving ? SAVING : FINISH_FIRST)
  return true
}

export function turnPicture(desk, view, isClockwise) {
  if (!beginEdit(desk, view)) return
  const { edit } = view
  const size = sizeOf(edit)
  edit.turns += isClockwise ? 1 : -1
  if (edit.part) edit.part = fitted(edit, turnedPart(edit.part, size, isClockwise))
  desk.changed()
}

/** Once more: all of the picture stays. */
export function togglePart(desk, view) {
  if (!mayEdit(desk, view.photo)) return
  if (!view.photo.crop) return say(desk, NO_SHAPE)
  if (!beginEdit(desk, view)) return
  const { edit } = view
  edit.part = edit.part ? null : largestPart(sizeOf(edit), shapeOf(edit).aspect)
  desk.changed()
}

/** A product that may lie either way is asked for the other one. */
export function turnFrame(desk, view) {
  if (!isOpen(desk, view) || !canTurnFrame(view.edit)) return
  const { edit } = view
  edit.isOtherWay = !edit.isOtherWay
  edit.part = fitted(edit, edit.part)
  desk.changed()
}

export function canTurnFrame({ photo: { crop }, part }) {
  return Boolean(part) && crop.shapes[0].aspect !== crop.shapes[1].aspect
}

/** In pixels of the picture. */
export function movePart(desk, view, dx, dy) {
  changePart(desk, view, (part, size) => movedPart(part, size, dx, dy))
}

export function growPart(desk, view, times) {
  changePart(desk, view, (part, size) => grownPart(part, size, times))
}

export function changePart(desk, view, change) {
  if (!isOpen(desk, view) || !view.edit.part) return
  const { edit } = view
  edit.part = change(edit.part, sizeOf(edit))
  desk.changed()
}

export function cancelEdit(desk, view) {
  if (!isOpen(desk, view)) return
  endEdit(view)
  say(desk, "")
}

export function endEdit(view) {
  view.edit = null
  // The button that it was begun with may be hidden now, and keys go to where the focus is.
  view.dialog.focus()
}

export function finishEdit(desk, view) {
  if (!isOpen(desk, view)) return
  const { edit } = view
  const crop = edit.part && wholePixels(edit.part, sizeOf(edit))
  const turns = ((edit.turns % 4) + 4) % 4
  if (!turns && !crop) return say(desk, "Nothing is changed yet.")
  saveEdit(desk, view, { quarter_turns: turns, crop }, "Saving …")
}

/** Asks first: what was made of it cannot be had back. */
export function takeAsItCame(desk, view) {
  if (!view.photo.is_edited || view.edit || !mayEdit(desk, view.photo)) return
  openConfirmation(desk, [view.photo], {
    verb: "As it came",
    className: "approve",
    title: "Back to the picture as it came?",
    explanation: "What staff have turned or cropped is then not printed.",
    then: () => beginEdit(desk, view) && saveEdit(desk, view, { revert: true }, "Bringing it back …"),
  })
}

export function sizeOf({ photo, turns }) {
  return turnedSize(photo, turns)
}

/** Of what it is printed on, as the frame lies now. */
export function shapeOf({ photo: { crop }, turns, isOtherWay }) {
  return crop.shapes[Math.abs(turns + isOtherWay) % 2]
}

/** A product that always stands upright keeps its shape while the picture is turned. */
function fitted(edit, part) {
  const { aspect } = shapeOf(edit)
  return Math.abs(part.width / part.height / aspect - 1) < 0.001
    ? part
    : reshapedPart(part, sizeOf(edit), aspect)
}
