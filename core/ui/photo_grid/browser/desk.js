// The state of one grid: the server's rows, and what the reviewer did that the server does not know yet.

import { createOutbox, post, takeAnswered, uuid } from "./outbox.js"

const NOTHING = { photos: [], upcoming: [], reasons: [], undo: null, outcome: null }

export function createDesk(root) {
  const desk = {
    root,
    data: NOTHING,
    selected: new Set(), // ids
    anchor: null, // id: where a range of the selection began
    current: null, // id: the tile that the keyboard is on
    decided: new Map(), // id -> version: gone from the screen before the server has said so
    refused: new Map(), // id -> { photo, at, message }
    sent: new Map(), // request -> [{ photo, at }], to put back what is refused
    undo: null, // { batch, label, endsAt }, by our own clock
    draft: null, // { ids, reasons, comment } of a rejection not yet sent
    fullScreen: null,
    hint: "", // what a key would have needed
    changed: () => {},
  }
  desk.outbox = createOutbox(() => desk.changed())
  return desk
}

/** A gap left by a decided photo is filled from the next page; what came back stands where it was. */
export function shownPhotos(desk) {
  const { photos, upcoming } = desk.data
  const shown = [...photos, ...upcoming]
    .filter(({ id, version }) => desk.decided.get(id) !== version)
    .slice(0, photos.length)
  const ids = new Set(shown.map(({ id }) => id))
  for (const [id, { photo, at }] of desk.refused) {
    if (!ids.has(id)) shown.splice(Math.min(at, shown.length), 0, photo)
  }
  return shown
}

/** A refused photo that no longer waits here is shown only to say what became of it. */
export function isSettled(desk, photo) {
  if (!desk.refused.has(photo.id)) return false
  return ![...desk.data.photos, ...desk.data.upcoming].some(({ id }) => id === photo.id)
}

export function openPhotos(desk) {
  return shownPhotos(desk).filter((photo) => !isSettled(desk, photo))
}

export function selectedPhotos(desk) {
  return openPhotos(desk).filter(({ id }) => desk.selected.has(id))
}

export function receive(desk, data) {
  desk.data = data
  const answered = takeAnswered(desk.outbox, data.outcome)
  if (answered) settle(desk, data.outcome)
  forgetSettled(desk)
  takeUndo(desk, data.undo)
}

function settle(desk, { request, done, refused }) {
  const isDone = new Set(done)
  const refusals = new Map(refused.map((refusal) => [refusal.id, refusal.message]))
  for (const { photo, at } of desk.sent.get(request) ?? []) {
    if (isDone.has(photo.id)) continue
    desk.decided.delete(photo.id)
    if (refusals.has(photo.id)) {
      desk.refused.set(photo.id, { photo, at, message: refusals.get(photo.id) })
    }
  }
  desk.sent.delete(request)
}

/** What has left the server's rows need not be hidden or stay selected any longer. */
function forgetSettled(desk) {
  const listed = new Set([...desk.data.photos, ...desk.data.upcoming].map(({ id }) => id))
  const underway = new Set([...desk.sent.values()].flat().map(({ photo }) => photo.id))
  for (const id of desk.decided.keys()) {
    if (!listed.has(id) && !underway.has(id)) desk.decided.delete(id)
  }
  const shown = new Set(openPhotos(desk).map(({ id }) => id))
  for (const id of desk.selected) if (!shown.has(id)) desk.selected.delete(id)
}

/** The time left is read once for each batch: later rows repeat it as it was when they were made. */
function takeUndo(desk, undo) {
  if (undo?.batch === desk.undo?.batch) return
  desk.undo = undo && { ...undo, endsAt: performance.now() + undo.seconds * 1000 }
}

export function decide(desk, verdict, photos, reasons = [], comment = "") {
  const request = uuid()
  const order = shownPhotos(desk).map(({ id }) => id)
  desk.sent.set(
    request,
    photos.map((photo) => ({ photo, at: order.indexOf(photo.id) })),
  )
  for (const { id, version } of photos) {
    desk.decided.set(id, version)
    desk.refused.delete(id)
    desk.selected.delete(id)
  }
  desk.hint = ""
  desk.undo = null // of an older action: taking it back now would surprise
  const seen = photos.map(({ id, version }) => ({ id, version }))
  post(desk.outbox, "decided", { request, verdict, photos: seen, reasons, comment })
  desk.changed()
}

export function isUndoable(desk) {
  return Boolean(desk.undo) && secondsLeft(desk.undo) > 0 && !desk.outbox.waiting.length
}

export function secondsLeft({ endsAt }) {
  return Math.max(0, Math.round((endsAt - performance.now()) / 1000))
}

export function undo(desk) {
  if (!isUndoable(desk)) return
  const { batch } = desk.undo
  post(desk.outbox, "undone", { request: uuid(), batch })
  desk.changed()
}

export function say(desk, hint) {
  desk.hint = hint
  desk.changed()
}

export function dismiss(desk, id) {
  desk.refused.delete(id)
  desk.changed()
}
