// An edited picture on its way to the server, and what becomes of it.

import { say, sayForNow, takeEdited } from "./desk.js"
import { endEdit } from "./edit.js"
import { pictureUrl } from "./pictures.js"

const EDIT_PATIENCE = 120_000 // milliseconds: the largest picture takes one minute
const UNSAVED = "It could not be saved. Please try again."

/** What is asked for is shown until the new picture can be seen in its place. */
export async function saveEdit(desk, view, wanted, saving) {
  const { edit } = view
  edit.saving = saving
  say(desk, "")
  const { photo } = edit
  const { status, row, error } = await askForEdit(photo, wanted)
  if (row) {
    await arrival(row)
    takeEdited(desk, row)
    edit.isSaved = true
  } else {
    edit.saving = ""
  }
  // A photo that is gone or decided cannot be tried again.
  const isOver = wanted.revert || status === 404 || status === 409
  if (!row && isOver && view.edit === edit) endEdit(view)
  if (error) say(desk, error)
  else sayForNow(desk, "Saved. This is the picture that will be printed.")
}

async function askForEdit(photo, wanted) {
  try {
    const answer = await fetch(`/desk/photos/${photo.id}/edits`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Loupe": "1" },
      body: JSON.stringify({ version: photo.version, ...wanted }),
      signal: AbortSignal.timeout(EDIT_PATIENCE),
    })
    const { photo: row, error } = await answer.json()
    return { status: answer.status, row, error: answer.ok ? undefined : (error ?? UNSAVED) }
  } catch {
    // No answer, or none of ours. Whether it was saved, the next attempt will tell.
    return { status: 0, error: UNSAVED }
  }
}

/** Whether it can be loaded or not: then the stage will say so. */
async function arrival({ sha256 }) {
  const image = new Image()
  image.src = pictureUrl(sha256, "full")
  await image.decode().catch(() => {})
}
