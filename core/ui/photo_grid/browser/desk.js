// The state of one grid: the server's rows, and what the reviewer did that the server does not know yet.

import { createOutbox, post, takeAnswered, uuid, withdraw } from "./outbox.js"
import { skippedLast } from "./skipping.js"
import { takeUndos } from "./undos.js"

const NOTHING = { photos: [], upcoming: [], reasons: [], undos: [], outcome: null }

export function createDesk(root) {
  const desk = {
    root,
    data: NOTHING,
    selected: new Set(), // ids
    anchor: null, // id: where a range of the selection begins
    range: new Set(), // ids that are selected only because the range reaches them
    sweep: null, // the frame being drawn over tiles
    current: null, // id: the tile that the keyboard is on
    decided: new Map(), // id -> version: gone from the screen before the server has said so
    refused: new Map(), // id -> { photo, at, message }
    sent: new Map(), // request -> [{ photo, at }], to put back what is refused
    skipped: new Set(), // ids, in the order they were passed over
    undos: [], // [{ batch, label, endsAt }], by our own clock, the newest first
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
  return skippedLast(desk, shown)
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
  if (answered) settle(desk, answered.event, data.outcome)
  forgetSettled(desk)
  takeUndos(desk, data.undos)
}

function settle(desk, event, { request, done, refused }) {
  const isDecided = new Set(event === "decided" ? done : [])
  const refusals = new Map(refused.map((refusal) => [refusal.id, refusal.message]))
  for (const { photo, at } of desk.sent.get(request) ?? []) {
    if (isDecided.has(photo.id)) continue
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

export function decide(desk, verdict, photos, reasons = [], comment = "") {
  sendAbout(desk, "decided", photos, { verdict, reasons, comment })
}

/** Gone from the screen like what is decided; where it may still be seen, it comes back. */
export function leaveFor(desk, photos, note) {
  sendAbout(desk, "left", photos, { note })
}

function sendAbout(desk, event, photos, value) {
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
  const seen = photos.map(({ id, version }) => ({ id, version }))
  post(desk.outbox, event, { request, photos: seen, ...value })
  desk.changed()
}

/** Takes back a decision that never left this browser; false when it may have. */
export function unsend(desk, request) {
  if (!withdraw(desk.outbox, request)) return false
  for (const { photo } of desk.sent.get(request)) desk.decided.delete(photo.id)
  desk.sent.delete(request)
  return true
}

export function say(desk, hint) {
  desk.hint = hint
  desk.changed()
}

export function dismiss(desk, id) {
  desk.refused.delete(id)
  desk.changed()
}
