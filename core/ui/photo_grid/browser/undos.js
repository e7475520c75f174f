// What may be taken back, the newest first: what is still on its way, then what the server lists.

import { unsend } from "./desk.js"
import { post, uuid } from "./outbox.js"
import { countdown, decisionLabel } from "./words.js"

const MOST_UNDOS = 10

/** The time left is read once for each batch: later rows repeat it as it was when they were made. */
export function takeUndos(desk, undos) {
  const ends = new Map(desk.undos.map(({ batch, endsAt }) => [batch, endsAt]))
  desk.undos = undos.map((each) => ({
    ...each,
    endsAt: ends.get(each.batch) ?? performance.now() + each.seconds * 1000,
  }))
}

/** As { batch, label, endsAt }; without an end while the server has not answered. */
export function undoables(desk) {
  const { waiting } = desk.outbox
  const leaving = new Set(waiting.map(({ value }) => value.batch))
  const underway = waiting
    .filter(({ event }) => event === "decided")
    .map(({ value }) => ({ batch: value.request, label: decisionLabel(value), endsAt: null }))
  return [...underway.reverse(), ...desk.undos]
    .filter((each) => !leaving.has(each.batch) && secondsLeft(each) !== 0)
    .slice(0, MOST_UNDOS)
}

/** null: its time has not begun. */
export function secondsLeft({ endsAt }) {
  return endsAt === null ? null : Math.max(0, Math.round((endsAt - performance.now()) / 1000))
}

/** "7:41", or nothing while its time has not begun. */
export function timeLeft(undoable) {
  const seconds = secondsLeft(undoable)
  return seconds === null ? "" : countdown(seconds)
}

/** Takes back the newest. */
export function undo(desk) {
  const [newest] = undoables(desk)
  if (newest) undoBatch(desk, newest.batch)
}

/** A decision's request is its batch, so one that is on its way can be taken back behind it. */
export function undoBatch(desk, batch) {
  if (!unsend(desk, batch)) post(desk.outbox, "undone", { request: uuid(), batch })
  desk.changed()
}
