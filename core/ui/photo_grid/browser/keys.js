// The keyboard in the grid. Dialogs and full screen have keys of their own.

import { nextDensity } from "./density.js"
import { openPhotos, say, SELECT_FIRST, selectedPhotos } from "./desk.js"
import { isDialogOpen } from "./dialog.js"
import { openFullScreen } from "./full_screen.js"
import { openKeys } from "./keys_dialog.js"
import { openOrder } from "./order_page.js"
import { beginRange, clearSelection, selectAll, selectRange, toggle } from "./selection.js"
import { cancelSweep } from "./sweep.js"
import { activeElement, moveFocus } from "./tiles.js"
import { closeUndoList, isUndoListOpen, toggleUndoList } from "./undo_list.js"
import { undo } from "./undos.js"
import { actOn, verbOn } from "./verbs.js"

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
  u: undo,
  U: toggleUndoList,
  d: nextDensity,
  "?": openKeys,
}

/** What answers to keys of its own, or may. */
const HAS_KEYS = "a, button, input, summary, [role]"

/** Keys that mean something by what is printed on them. */
const OUR_KEYS = /^[a-z0-9 ?+\-=[\]]$/i

const ON_A_TILE = {
  " ": (desk, photo) => toggle(desk, photo.id),
  Enter: openFullScreen,
  o: openOrder,
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

/** Letters mean the same with caps lock on; where a keyboard has others, it is the place that counts. */
export function keyOf({ key, code, shiftKey }) {
  if (key.length > 1) return key
  const place = shiftKey ? /^Key(.)$/ : /^(?:Key|Digit)(.)$/
  const meant = OUR_KEYS.test(key) ? key : (code.match(place)?.[1] ?? key)
  return shiftKey ? meant : meant.toLowerCase()
}

/** 1 to 9, or null. A French keyboard wants Shift for its digits: there it is the place that counts. */
export function digitOf({ key, code, shiftKey }) {
  const digit = /^[1-9]$/.test(key) ? key : !shiftKey && code.match(/^Digit([1-9])$/)?.[1]
  return Number(digit) || null
}

function isForUs(desk, event) {
  if (event.isComposing || event.altKey || isDialogOpen(desk)) return false
  const [target] = event.composedPath()
  if (isTypedInto(target)) return false
  // A click on empty ground leaves the focus on whatever scrolls there.
  if (desk.root.contains(target) || !target.closest(HAS_KEYS)) return true
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
  const verb = verbOn(desk, key)
  const command = verb ? () => actOnMeant(desk, verb) : (COMMANDS[key] ?? (photo && ON_A_TILE[key]))
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

/** On the selected photos; without any, on the one that the keyboard is on. */
function actOnMeant(desk, verb) {
  const selected = selectedPhotos(desk)
  const photos = selected.length ? selected : focusedPhoto(desk)
  if (photos.length) actOn(desk, verb, photos)
  else say(desk, SELECT_FIRST)
}

function focusedPhoto(desk) {
  if (!activeElement(desk)?.closest(".tile")) return []
  return openPhotos(desk).filter(({ id }) => id === desk.current)
}
