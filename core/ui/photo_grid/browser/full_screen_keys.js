// The keyboard in full screen. Arrows look around what is closer, and turn to other photos else.

import { compare, isSeen, pass, step, toggleCrop } from "./full_screen.js"
import { keyOf } from "./keys.js"
import { openKeys } from "./keys_dialog.js"
import { openLeaving } from "./leaving.js"
import { toggle } from "./selection.js"
import { fitStage, lookFurther, toggleExact, zoomBySteps } from "./stage.js"
import { closeUndoList, isUndoListOpen, toggleUndoList } from "./undo_list.js"
import { undo } from "./undos.js"
import { approve, reject, setAside } from "./verdicts.js"
import { isCloser } from "./zoom.js"

const VERDICTS = { a: approve, r: reject, s: setAside }

const FULL_SCREEN_KEYS = {
  h: (desk, view) => step(desk, view, -1),
  l: (desk, view) => step(desk, view, 1),
  k: (desk, view) => step(desk, view, -1),
  j: (desk, view) => step(desk, view, 1),
  " ": (desk, view) => toggle(desk, view.photo.id),
  m: (desk, view) => openLeaving(desk, [view.photo]),
  n: pass,
  c: compare,
  f: toggleCrop,
  z: (_, { stage }) => toggleExact(stage),
  "+": (_, { stage }) => zoomBySteps(stage, 1),
  "=": (_, { stage }) => zoomBySteps(stage, 1),
  "-": (_, { stage }) => zoomBySteps(stage, -1),
  0: (_, { stage }) => fitStage(stage),
  u: undo,
  U: toggleUndoList,
  "?": openKeys,
}

const ARROWS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

export function pressInFullScreen(desk, view, event) {
  const key = keyOf(event)
  const isButtons = key === " " && event.target.matches("button")
  if (event.ctrlKey || event.metaKey || event.altKey || isButtons) return
  if (pressKey(desk, view, key, event)) event.preventDefault()
}

/** True when the key meant something here. */
function pressKey(desk, view, key, { repeat }) {
  if (key === "Escape" && isUndoListOpen(desk)) closeUndoList(desk)
  else if (key in VERDICTS) repeat || judgeSeen(desk, view, VERDICTS[key])
  else if (key in FULL_SCREEN_KEYS) FULL_SCREEN_KEYS[key](desk, view)
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

function judgeSeen(desk, view, verdict) {
  if (isSeen(desk, view)) verdict(desk, [view.photo])
}
