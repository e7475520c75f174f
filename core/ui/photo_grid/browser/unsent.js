// What a reviewer did and the server has not answered outlives the grid: another page of the app
// may be opened meanwhile, or this one loaded again.

import { hides } from "./desk.js"
import { sendFirst } from "./outbox.js"
import { forget, keep, recall } from "./storage.js"

/** Each desk its own: the other one has no use for it. */
const placeOn = ({ kind }) => `unsent_${kind}`
const inThisTab = () => sessionStorage

export function keepUnsent(desk) {
  const { person } = desk.data
  const { waiting } = desk.outbox
  if (!waiting.length && !desk.drafts.length) return forget(person, placeOn(desk), inThisTab)
  keep(person, placeOn(desk), { waiting, sent: [...desk.sent], drafts: desk.drafts }, inThisTab)
}

/** Before the first rows are drawn: what was decided does not show again. */
export function takeUpUnsent(desk, person) {
  const unsent = recall(person, placeOn(desk), inThisTab)
  if (!unsent) return
  desk.drafts = unsent.drafts ?? []
  desk.sent = new Map(unsent.sent)
  desk.outbox.waiting = unsent.waiting
  for (const { event, value } of unsent.waiting.filter(({ event }) => hides(event))) {
    for (const { photo } of desk.sent.get(value.request)) desk.decided.set(photo.id, photo.version)
  }
  sendFirst(desk.outbox)
}
