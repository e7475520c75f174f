// The keyboard in the grid. Dialogs and full screen have keys of their own.

import { nextDensity } from "./density.js"
import { openPhotos, say, selectedPhotos } from "./desk.js"
import { isDialogOpen } from "./dialog.js"
import { openFullScreen } from "./full_screen.js"
import { openKeys } from "./keys_dialog.js"
import { openLeaving } from "./leaving.js"
import { beginRange, clearSelection, selectAll, selectRange, toggle } from "./selection.js"
import { skip } from "./skipping.js"
import { cancelSweep } from "./sweep.js"
import { activeElement, moveFocus } from "./tiles.js"
import { closeUndoList, isUndoListOpen, toggleUndoList } from "./undo_list.js"
import { undo } from "./undos.js"
import { approve, reject, setAside } from "./verdicts.js"

const MOVES = {
  ArrowLeft: { tiles: -1 },
  ArrowRight: { tiles: 1 },
  ArrowUp: { rows: -1 },
  ArrowDown: { rows: 1 },
  h: { tiles: -1 },
  l: { tiles: 1 },
  k: { rows: -1 },
  j: { rows: 1 },
}

const COMMANDS = {
  a: (desk) => judge(desk, approve),
  r: (desk) => judge(desk, reject),
  s: (desk) => judge(desk, setAside),
  n: (desk) => judge(desk, skip),
  m: (desk) => judge(desk, openLeaving),
  u: undo,
  U: toggleUndoList,
  d: nextDensity,
  "?": openKeys,
}

const ON_A_TILE = {
  " ": (desk, photo) => toggle(desk, photo.id),
  Enter: openFullScreen,
}

/** Returns what ends the listening. */
export function listenToKeys(desk) {
  const listen = (event) => {
    if (!isForUs(desk, event) || !press(desk, event)) return
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  // Captured, because Streamlit listens to the document too: it runs the page again at "r".
  document.addEventListener("keydown", listen, { capture: true })
  return () => document.removeEventListener("keydown", listen, { capture: true })
}

/** Letters mean the same with caps lock on. */
export function keyOf({ key, shiftKey }) {
  return key.length === 1 && !shiftKey ? key.toLowerCase() : key
}

function isForUs(desk, event) {
  if (event.isComposing || event.altKey || isDialogOpen(desk)) return false
  const [target] = event.composedPath()
  if (isTypedInto(target)) return false
  if (target === document.body || desk.root.contains(target)) return true
  // On the page's own buttons a letter means nothing, and the grid's keys go on working.
  return /^\p{L}$/u.test(event.key) && !target.closest("[role=dialog], [role=menu], [role=listbox]")
}

export function isTypedInto(node) {
  return node.isContentEditable || node.matches("textarea, select, input:not([type=checkbox])")
}

/** True when the key meant something here. */
function press(desk, event) {
  const key = keyOf(event)
  if (desk.sweep) return key === "Escape" && pressEscape(desk)
  if (event.ctrlKey || event.metaKey) {
    if (key !== "a") return false
    selectAll(desk)
    return true
  }
  if (key === "Escape") return pressEscape(desk)
  const step = MOVES[key] ?? (event.shiftKey && MOVES[key.toLowerCase()])
  if (step) return move(desk, step, event.shiftKey)
  const [photo] = event.composedPath()[0].matches(".tile") ? focusedPhoto(desk) : []
  const command = COMMANDS[key] ?? (photo && ON_A_TILE[key])
  // A key held down moves on, but it decides once.
  if (!event.repeat) command?.(desk, photo)
  return Boolean(command)
}

/** Leaves what was begun last; false when there is nothing to leave. */
function pressEscape(desk) {
  if (desk.sweep) cancelSweep(desk)
  else if (isUndoListOpen(desk)) closeUndoList(desk)
  else if (desk.selected.size) clearSelection(desk)
  else return false
  return true
}

function move(desk, step, isRange) {
  if (!openPhotos(desk).length) return false
  if (isRange) desk.anchor ??= desk.current
  const id = moveFocus(desk, step)
  if (isRange) selectRange(desk, id)
  else beginRange(desk, id)
  return true
}

/** Judges the selected photos; without any, the one that the keyboard is on. */
function judge(desk, verdict) {
  const selected = selectedPhotos(desk)
  const photos = selected.length ? selected : focusedPhoto(desk)
  if (photos.length) verdict(desk, photos)
  else say(desk, "Select photos first.")
}

function focusedPhoto(desk) {
  if (!activeElement(desk)?.closest(".tile")) return []
  return openPhotos(desk).filter(({ id }) => id === desk.current)
}
