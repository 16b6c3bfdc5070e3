// Which sets of a plan find their state under another plan: by their name, else by what they are.
import type { SetShape, Shape, StageShape } from './shape.ts'

export interface SetPlace {
  readonly stage: StageShape
  readonly set: SetShape
}

/** The place each set with state had before, by `<stage>/<set>`; none for a set that must be built. */
export function carriedSets(was: Shape, is: Shape): ReadonlyMap<string, SetPlace> {
  const free = placesOf(was).filter(({ set }) => set.state !== undefined)
  const wanted = placesOf(is).filter(({ set }) => set.state !== undefined)
  const carried = new Map<string, SetPlace>()
  const take = (each: SetPlace, fits: (other: SetPlace) => boolean): void => {
    if (carried.has(nameOf(each))) return
    const place = free.findIndex(
      (other) => other.set.state === each.set.state && fits(other) && sameKey(each, other),
    )
    if (place >= 0) carried.set(nameOf(each), free.splice(place, 1)[0])
  }
  for (const each of wanted) take(each, ({ set }) => set.name === each.set.name)
  for (const each of wanted) take(each, () => true)
  return carried
}

export function nameOf({ stage, set }: SetPlace): string {
  return `${stage.name}/${set.name}`
}

export function placesOf({ stages }: Shape): SetPlace[] {
  return stages.flatMap((stage) => stage.sets.map((set) => ({ stage, set })))
}

/** A set that rows update lies where their key is; one that is fed lies where its own key is, which is part of what it is. */
function sameKey(one: SetPlace, other: SetPlace): boolean {
  return one.set.role === 'lookup' || one.stage.key === other.stage.key
}
