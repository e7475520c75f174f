// Rejections begun and not sent: a draft left with Esc is found again for one of the same photos.

const MOST_DRAFTS = 10

export function draftFor(desk, photos) {
  const ids = photos.map(({ id }) => id)
  const found = desk.drafts.find((draft) => draft.ids.some((id) => ids.includes(id)))
  return keepDraft(desk, { reasons: [], comment: "", ...found, ids }, found)
}

/** What was sent and refused is written once. */
export function keepDraft(desk, draft, former) {
  const others = desk.drafts.filter((each) => each !== former && (each.reasons.length || each.comment))
  desk.drafts = [draft, ...others].slice(0, MOST_DRAFTS)
  return draft
}

export function dropDraft(desk, draft) {
  desk.drafts = desk.drafts.filter((each) => each !== draft)
}
