// What a reviewer did and the server has not answered outlives the grid: another page of the app
// may be opened meanwhile, or this one loaded again.

import { sendFirst } from "./outbox.js"
import { forget, keep, recall } from "./storage.js"

const NAME = "unsent"
const inThisTab = () => sessionStorage

export function keepUnsent(desk) {
  const { person } = desk.data
  const { waiting } = desk.outbox
  if (!waiting.length && !desk.draft) return forget(person, NAME, inThisTab)
  keep(person, NAME, { waiting, sent: [...desk.sent], draft: desk.draft }, inThisTab)
}

/** Before the first rows are drawn: what was decided does not show again. */
export function takeUpUnsent(desk, person) {
  const unsent = recall(person, NAME, inThisTab)
  if (!unsent) return
  desk.draft = unsent.draft
  desk.sent = new Map(unsent.sent)
  desk.outbox.waiting = unsent.waiting
  for (const { photo } of [...desk.sent.values()].flat()) desk.decided.set(photo.id, photo.version)
  sendFirst(desk.outbox)
}
