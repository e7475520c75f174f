// What is being saved, what may be taken back, and what is said aloud.

import { isUndoable, secondsLeft, undo } from "./desk.js"
import { element, verbButton } from "./element.js"
import { sendFirst } from "./outbox.js"
import { countdown, PAST_OF, photoCount } from "./words.js"

export function createNotices(desk) {
  const text = element("span")
  const left = element("span", { className: "left" })
  const notices = {
    text,
    left,
    undo: verbButton("Undo", { className: "quiet", key: "U", onclick: () => undo(desk) }, left),
    again: verbButton("Send again", { className: "quiet", onclick: () => sendFirst(desk.outbox) }),
    status: element("div", { className: "unseen", role: "status" }),
  }
  notices.bar = element("div", { className: "notice" }, text, notices.undo, notices.again)
  notices.node = element("div", { className: "notices" }, notices.status, notices.bar)
  notices.timer = setInterval(() => tick(desk, notices), 1000)
  return notices
}

/** Over an open full screen they have to be inside it: what lies below is inert, and silent. */
export function placeNotices(desk, notices) {
  const place = desk.fullScreen?.dialog ?? desk.root
  if (notices.node.parentNode !== place) place.append(notices.node)
}

export function drawNotices(desk, notices) {
  placeNotices(desk, notices)
  if (notices.status.textContent !== desk.status) notices.status.textContent = desk.status
  const undoable = isUndoable(desk)
  const { waiting, isLate } = desk.outbox
  notices.text.textContent = isLate ? "The server has not answered yet." : sentence(desk, undoable)
  notices.undo.hidden = !undoable
  notices.again.hidden = !isLate
  notices.bar.hidden = !undoable && !waiting.length
  tick(desk, notices)
}

function sentence(desk, undoable) {
  if (undoable) return desk.undo.label
  const [first] = desk.outbox.waiting
  if (!first) return ""
  if (first.event === "undone") return "Taking it back …"
  const { verdict, photos } = first.value
  return `${PAST_OF[verdict]} ${photoCount(photos.length)}, saving …`
}

function tick(desk, notices) {
  if (notices.undo.hidden) return
  const seconds = secondsLeft(desk.undo)
  notices.left.textContent = countdown(seconds)
  if (seconds === 0) drawNotices(desk, notices)
}
