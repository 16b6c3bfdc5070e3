// Paths of an event's fields, as types: `'card' | 'card.number'`. Lists and values end a path.

/** What has no fields of its own. */
type Plain = string | number | boolean | bigint | symbol | Date | readonly unknown[]

/** Deeper ones must be redacted by a field above them. */
type DepthMax = 4

/** Dotted paths of the fields of an event. */
export type FieldPath<Event> = PathIn<Event, []>

type PathIn<Value, Depth extends readonly 0[]> = Depth['length'] extends DepthMax
  ? never
  : Value extends Plain | null | undefined
    ? never
    : { [Name in keyof Value & string]: Name | Below<Name, Value[Name], Depth> }[keyof Value &
        string]

type Below<
  Name extends string,
  Value,
  Depth extends readonly 0[],
> = `${Name}.${PathIn<NonNullable<Value>, [...Depth, 0]>}`
