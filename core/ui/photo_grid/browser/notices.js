// What is being saved, what may be taken back, and what is said aloud.

import { isUndoable, secondsLeft, undo } from "./desk.js"
import { element, verbButton } from "./element.js"
import { sendFirst } from "./outbox.js"
import { countdown, PAST_OF, photoCount } from "./words.js"

export function createNotices(desk) {
  const text = element("span", { role: "status" })
  const left = element("span", { className: "left" })
  const notices = {
    text,
    left,
    undo: verbButton("Undo", { className: "quiet", key: "U", onclick: () => undo(desk) }, left),
    again: verbButton("Send again", { className: "quiet", onclick: () => sendAgain(desk) }),
  }
  notices.node = element("div", { className: "notice" }, text, notices.undo, notices.again)
  notices.timer = setInterval(() => tick(desk, notices), 1000)
  return notices
}

function sendAgain(desk) {
  sendFirst(desk.outbox)
  desk.changed()
}

/** Over an open full screen they have to be inside it: what lies below is inert, and silent. */
function placeNotices(desk, notices) {
  const place = desk.fullScreen?.notices ?? desk.toolbar.notices
  if (notices.node.parentNode !== place) place.append(notices.node)
}

export function drawNotices(desk, notices) {
  placeNotices(desk, notices)
  const undoable = isUndoable(desk)
  const { isLate } = desk.outbox
  const text = isLate ? "The server has not answered yet." : sentence(desk, undoable)
  if (notices.text.textContent !== text) notices.text.textContent = text
  notices.undo.hidden = !undoable
  notices.again.hidden = !isLate
  notices.node.classList.toggle("is-silent", text === "")
  tick(desk, notices)
}

function sentence(desk, undoable) {
  const [first] = desk.outbox.waiting
  if (!first) {
    const parts = [hintOf(desk), undoable && desk.undo.label, cameBack(desk)]
    return parts.filter(Boolean).join(", ")
  }
  if (first.event === "undone") return "Taking it back …"
  const { verdict, photos } = first.value
  return `${PAST_OF[verdict]} ${photoCount(photos.length)}, saving …`
}

function hintOf({ hint, selected }) {
  return selected.size ? "" : hint
}

function cameBack({ refused }) {
  return refused.size ? `${photoCount(refused.size)} came back` : ""
}

function tick(desk, notices) {
  if (notices.undo.hidden) return
  const seconds = secondsLeft(desk.undo)
  notices.left.textContent = countdown(seconds)
  if (seconds === 0) drawNotices(desk, notices)
}
