// The keyboard in full screen. Arrows look around what is closer, and turn to other photos else.

import { takeAsItCame, togglePart, turnPicture } from "./edit.js"
import { pressWhileEditing } from "./edit_keys.js"
import { compare, step, toggleCrop } from "./full_screen.js"
import { keyOf } from "./keys.js"
import { openKeys } from "./keys_dialog.js"
import { openOrder } from "./order_page.js"
import { toggle } from "./selection.js"
import { fitStage, lookFurther, toggleExact, zoomBySteps } from "./stage.js"
import { closeUndoList, isUndoListOpen, toggleUndoList } from "./undo_list.js"
import { undo } from "./undos.js"
import { actOnSeen, verbOn } from "./verbs.js"
import { isCloser } from "./zoom.js"

const FULL_SCREEN_KEYS = {
  h: (desk, view) => step(desk, view, -1),
  l: (desk, view) => step(desk, view, 1),
  k: (desk, view) => step(desk, view, -1),
  j: (desk, view) => step(desk, view, 1),
  " ": (desk, view) => toggle(desk, view.photo.id),
  c: compare,
  f: toggleCrop,
  "[": (desk, view) => turnPicture(desk, view, false),
  "]": (desk, view) => turnPicture(desk, view, true),
  x: togglePart,
  b: takeAsItCame,
  o: (desk, view) => openOrder(desk, view.photo),
  z: (_, { stage }) => toggleExact(stage),
  "+": (_, { stage }) => zoomBySteps(stage, 1),
  "=": (_, { stage }) => zoomBySteps(stage, 1),
  "-": (_, { stage }) => zoomBySteps(stage, -1),
  0: (_, { stage }) => fitStage(stage),
  u: undo,
  U: toggleUndoList,
  "?": openKeys,
}

/** Keys that go on while they are held; any other means one thing done once. */
const HELD_KEYS = "hjkl+=-"

const ARROWS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

export function pressInFullScreen(desk, view, event) {
  const key = keyOf(event)
  const isButtons = key === " " && event.target.matches("button")
  if (isChord(event, key) || isButtons) return
  const press = view.edit ? pressWhileEditing : pressKey
  if (press(desk, view, key, event)) event.preventDefault()
}

/** Brackets take AltGr or Option on many keyboards. */
function isChord({ ctrlKey, metaKey, altKey }, key) {
  return (ctrlKey || metaKey || altKey) && !(altKey && "[]".includes(key))
}

/** True when the key meant something here. */
function pressKey(desk, view, key, { repeat }) {
  const verb = verbOn(desk, key)
  if (key === "Escape" && isUndoListOpen(desk)) closeUndoList(desk)
  else if (verb) repeat || actOnSeen(desk, view, verb)
  else if (key in FULL_SCREEN_KEYS) (repeat && !HELD_KEYS.includes(key)) || FULL_SCREEN_KEYS[key](desk, view)
  else if (key in ARROWS) return pressArrow(desk, view, ARROWS[key])
  else return false
  return true
}

function pressArrow(desk, view, [across, down]) {
  const isClose = isCloser(view.stage.zoom)
  if (isClose) lookFurther(view.stage, across, down)
  else if (across) step(desk, view, across)
  return isClose || across !== 0
}
