// The state of one grid: the server's rows, and what the reviewer did that the server does not know yet.

import { keepDraft } from "./drafts.js"
import { createOutbox, post, takeAnswered, uuid, withdraw } from "./outbox.js"
import { inPlace } from "./places.js"
import { skippedLast } from "./skipping.js"
import { takeUndos } from "./undos.js"
import { verbsOf } from "./verbs.js"
import { actionLabel } from "./words.js"

/** What takes photos off the screen before the server has said so, and what off this desk for good. */
const HIDING = ["decided", "left", "taken_back", "kept", "attached"]
const SETTLING = HIDING.filter((event) => event !== "left")

const SAID_FOR = 6_000 // milliseconds
const FINAL_FOR = 600_000 // as long as most can be taken back

export const SELECT_FIRST = "Select photos first."

const NOTHING = { photos: [], upcoming: [], reasons: [], undos: [], outcome: null }

export function createDesk(root, kind) {
  const desk = {
    root,
    kind, // "review" or "issues"
    verbs: verbsOf(kind),
    data: NOTHING,
    places: new Set(), // ids of all that this arrangement has had, in its order
    arrangement: null, // what the server calls it
    selected: new Set(), // ids
    anchor: null, // id: where a range of the selection begins
    range: new Set(), // ids that are selected only because the range reaches them
    sweep: null, // the frame being drawn over tiles
    current: null, // id: the tile that the keyboard is on
    decided: new Map(), // id -> version: gone from the screen before the server has said so
    refused: new Map(), // id -> { photo, at, message }
    sent: new Map(), // request -> [{ photo, at }], to put back what is refused
    skipped: new Set(), // ids, in the order they were passed over
    reminded: new Map(), // id -> when its mail had been sent before
    edited: new Map(), // id -> a row that is newer than the page
    attaching: new Map(), // id -> a file on its way, or why it did not arrive
    undone: [], // ids that have just come back
    final: null, // what was done last, as one of `undoables`, where it cannot be undone
    undos: [], // [{ batch, label, endsAt }], by our own clock, the newest first
    drafts: [], // [{ ids, reasons, comment }] of rejections not yet sent, the newest first
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
  desk.data = inPlace(desk, withEdited(desk, data))
  const answered = takeAnswered(desk.outbox, data.outcome)
  if (answered) settle(desk, answered, data.outcome)
  forgetSettled(desk)
  takeUndos(desk, data.undos)
}

/** The row of a photo whose picture was edited here; a newer one comes with the page. */
export function takeEdited(desk, row) {
  desk.edited.set(row.id, row)
  desk.data = withEdited(desk, desk.data)
}

function withEdited({ edited }, data) {
  const newest = (row) => (edited.get(row.id)?.version > row.version ? edited.get(row.id) : row)
  return { ...data, photos: data.photos.map(newest), upcoming: data.upcoming.map(newest) }
}

function settle(desk, { event, value }, { request, done, refused }) {
  const isSettledNow = new Set(SETTLING.includes(event) ? done : [])
  const refusals = new Map(refused.map((refusal) => [refusal.id, refusal.message]))
  for (const { photo, at } of desk.sent.get(request) ?? []) {
    if (isSettledNow.has(photo.id)) continue
    if (hides(event)) desk.decided.delete(photo.id)
    if (event === "reminded" && !done.includes(photo.id)) desk.reminded.delete(photo.id)
    // What stays may have been hidden by what was done after it.
    if (refusals.has(photo.id) && !desk.decided.has(photo.id)) {
      desk.refused.set(photo.id, { photo, at, message: refusals.get(photo.id) })
    }
  }
  desk.sent.delete(request)
  if (event === "undone") desk.undone = done
  if (desk.final?.request === request) desk.final = done.length ? finalOf(event, request, done) : null
  if (value.verdict === "rejected") keepRefused(desk, value, refusals)
  // What can be undone says so itself, for as long as it can.
  if (!desk.verbs.undoes && done.length) sayForNow(desk, actionLabel(event, done.length))
}

function finalOf(event, request, photos) {
  const label = actionLabel(event, photos.length)
  return { batch: null, request, label, endsAt: performance.now() + FINAL_FOR }
}

/** Nobody has to write again what was refused, as long as the photo waits. */
function keepRefused(desk, { reasons, comment }, refusals) {
  const ids = openPhotos(desk).map(({ id }) => id).filter((id) => refusals.has(id))
  if (ids.length) keepDraft(desk, { ids, reasons, comment })
}

export function hides(event) {
  return HIDING.includes(event)
}

/** What has left the server's rows need not be hidden or stay selected any longer. */
function forgetSettled(desk) {
  const listed = new Set([...desk.data.photos, ...desk.data.upcoming].map(({ id }) => id))
  const underway = new Set([...desk.sent.values()].flat().map(({ photo }) => photo.id))
  for (const id of desk.decided.keys()) {
    if (!listed.has(id) && !underway.has(id)) desk.decided.delete(id)
  }
  for (const { id, issue } of desk.data.photos) {
    if (desk.reminded.has(id) && desk.reminded.get(id) !== issue.mail_sent_at) desk.reminded.delete(id)
  }
  const shown = new Set(openPhotos(desk).map(({ id }) => id))
  for (const id of desk.selected) if (!shown.has(id)) desk.selected.delete(id)
}

export function decide(desk, verdict, photos, reasons = [], comment = "") {
  act(desk, "decided", photos, { verdict, reasons, comment })
}

/** Shown at once, as if it were done; what the server refuses comes back. */
export function act(desk, event, photos, value = {}) {
  const request = uuid()
  const order = shownPhotos(desk).map(({ id }) => id)
  desk.sent.set(
    request,
    photos.map((photo) => ({ photo, at: order.indexOf(photo.id) })),
  )
  for (const { id, version, issue } of photos) {
    if (hides(event)) desk.decided.set(id, version)
    if (event === "reminded") desk.reminded.set(id, issue.mail_sent_at)
    desk.refused.delete(id)
    desk.selected.delete(id)
  }
  desk.hint = ""
  desk.final = desk.verbs.undoes && event !== "decided" ? finalOf(event, request, photos) : null
  const seen = photos.map(({ id, version }) => ({ id, version }))
  post(desk.outbox, event, { request, photos: seen, ...value })
  desk.changed()
}

/** Takes back a decision that never left this browser; false when it may have. */
export function unsend(desk, request) {
  if (!withdraw(desk.outbox, request)) return false
  desk.undone = desk.sent.get(request).map(({ photo }) => photo.id)
  for (const id of desk.undone) desk.decided.delete(id)
  desk.sent.delete(request)
  return true
}

export function say(desk, hint) {
  desk.hint = hint
  desk.changed()
}

/** What is over as it is said. */
export function sayForNow(desk, hint) {
  say(desk, hint)
  setTimeout(() => desk.hint === hint && say(desk, ""), SAID_FOR)
}

export function dismiss(desk, id) {
  desk.refused.delete(id)
  desk.changed()
}
