// Works through a list with a few workers at once, each with an overlay of its own.
import { Overlay } from './overlay.ts'

export async function atOnce<Item>(
  items: readonly Item[],
  jobs: number,
  work: (item: Item, overlay: Overlay) => Promise<void>,
): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: Math.min(jobs, items.length) }, async () => {
      const overlay = new Overlay()
      try {
        while (next < items.length) await work(items[next++], overlay)
      } finally {
        overlay.close()
      }
    }),
  )
}
