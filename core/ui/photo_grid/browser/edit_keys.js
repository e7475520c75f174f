// The keyboard while a picture is turned or cropped: arrows move the part that stays.

import {
  cancelEdit,
  finishEdit,
  growPart,
  holdsBack,
  movePart,
  togglePart,
  turnFrame,
  turnPicture,
} from "./edit.js"
import { openKeys } from "./keys_dialog.js"

const PART_STEP = 1.05
const NEAR = 0.01 // of the longer side of the picture, for each press of an arrow
const FAR = 0.1

const EDIT_KEYS = {
  "[": (desk, view) => turnPicture(desk, view, false),
  "]": (desk, view) => turnPicture(desk, view, true),
  x: togglePart,
  o: turnFrame,
  "+": (desk, view) => growPart(desk, view, PART_STEP),
  "=": (desk, view) => growPart(desk, view, PART_STEP),
  "-": (desk, view) => growPart(desk, view, 1 / PART_STEP),
  Enter: finishEdit,
  Escape: cancelEdit,
  "?": openKeys,
}

const PART_MOVES = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** A key of full screen's own means nothing here, but it is answered. */
export function pressWhileEditing(desk, view, key, { repeat, shiftKey, target }) {
  if (key === "Enter" && target.matches("button")) return false
  const step = PART_MOVES[key]
  if (step && view.edit.part) {
    const { photo } = view.edit
    const far = (shiftKey ? FAR : NEAR) * Math.max(photo.width, photo.height)
    movePart(desk, view, ...step.map((way) => way * far))
  } else if (key in EDIT_KEYS) {
    if (!repeat || "+=-".includes(key)) EDIT_KEYS[key](desk, view)
  } else if (key.length === 1 || step) holdsBack(desk, view)
  else return false
  return true
}
