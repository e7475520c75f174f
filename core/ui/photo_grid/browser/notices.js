// What is being saved, what may be taken back, and what is said aloud.

import { SELECT_FIRST } from "./desk.js"
import { element, verbButton } from "./element.js"
import { sendFirst } from "./outbox.js"
import { activeElement, focusTile } from "./tiles.js"
import { createUndoList, drawUndoList } from "./undo_list.js"
import { secondsLeft, timeLeft, undo, undoables } from "./undos.js"
import { actionLabel, decisionLabel, photoCount } from "./words.js"

/** Below the tiles, and over them while they are longer than the screen: nothing moves for it. */
export function createNotices(desk) {
  const text = element("span", { role: "status" })
  const left = element("span", { className: "left" })
  const list = createUndoList(desk)
  const notices = {
    place: element("div", { className: "notices" }),
    text,
    left,
    list,
    undo: verbButton("Undo", { className: "quiet", key: "U", onclick: () => undo(desk) }, left),
    again: verbButton("Send again", { className: "quiet", onclick: () => sendAgain(desk) }),
  }
  notices.node = element(
    "div",
    { className: "notice" },
    text,
    notices.undo,
    notices.again,
    list.button,
    list.rows,
  )
  notices.timer = setInterval(() => tick(desk, notices), 1000)
  return notices
}

function sendAgain(desk) {
  sendFirst(desk.outbox)
  desk.changed()
}

/** Over an open full screen they have to be inside it: what lies below is inert, and silent. */
function placeNotices(desk, notices) {
  const place = desk.fullScreen?.notices ?? notices.place
  if (notices.node.parentNode !== place) place.append(notices.node)
}

export function drawNotices(desk, notices) {
  placeNotices(desk, notices)
  const focused = notices.node.contains(activeElement(desk)) && activeElement(desk)
  const [newest] = undoables(desk)
  const { isCut, isLate } = desk.outbox
  const text = sentence(desk, newest)
  if (notices.text.textContent !== text) notices.text.textContent = text
  notices.newest = newest
  notices.undo.hidden = !newest?.batch
  notices.again.hidden = isCut || !isLate
  notices.node.classList.toggle("is-silent", text === "")
  notices.node.classList.toggle("is-cut", isCut)
  drawUndoList(desk, notices.list)
  notices.left.textContent = newest ? timeLeft(newest) : ""
  if (focused && (focused.hidden || !focused.isConnected)) giveFocusBack(desk)
}

/** From a button that is gone: else the keyboard would be about nothing. */
function giveFocusBack(desk) {
  if (desk.fullScreen) desk.fullScreen.dialog.focus()
  else focusTile(desk, desk.current)
}

function sentence(desk, newest) {
  const { waiting, isCut, isLate } = desk.outbox
  if (isCut) return cutSentence(desk, newest)
  if (isLate) return "The server has not answered yet."
  const last = waiting.at(-1)
  if (last?.event === "undone") return "Taking it back …"
  if (last) return `${labelOf(last)}, saving …`
  const hint = hintOf(desk)
  const said = [hint, [newest?.label, cameBack(desk)].filter(Boolean).join(", ")]
  return said.filter(Boolean).join(hint.endsWith(".") ? " " : ", ")
}

function labelOf({ event, value }) {
  return event === "decided" ? decisionLabel(value) : actionLabel(event, value.photos.length)
}

function cutSentence({ outbox: { waiting }, selected }, newest) {
  if (!waiting.length) {
    const kept = selected.size > 0 && "Your selection is kept."
    return ["No connection.", kept, newest?.label].filter(Boolean).join(" ")
  }
  const what = waiting.length === 1 ? "What you did is" : `${waiting.length} actions are`
  return `No connection. ${what} kept, and sent once it is back.`
}

function hintOf({ hint, selected }) {
  return selected.size && hint === SELECT_FIRST ? "" : hint
}

/** In full screen no tile says why: what came back just now is told here. */
function cameBack({ refused, fullScreen, data: { outcome } }) {
  if (!refused.size) return ""
  const count = `${photoCount(refused.size)} came back`
  const latest = fullScreen && outcome?.refused.find(({ id }) => refused.has(id))
  return latest ? `${count}. ${refused.get(latest.id).photo.label}: ${latest.message}` : count
}

/** Draws anew when a time is over: the next one moves up. */
function tick(desk, notices) {
  const { newest } = notices
  if (!newest) return
  notices.left.textContent = timeLeft(newest)
  if (secondsLeft(newest) === 0) drawNotices(desk, notices)
  else drawUndoList(desk, notices.list)
}
