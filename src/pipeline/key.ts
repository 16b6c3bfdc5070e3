// What a key and a value of JSON may be, as types of the definition language.

/** A part of a key: a string, or an integer of at most 2^53 (as a bigint, any). */
export type KeyPart = string | number | bigint

/** A key: a string, an integer, or a tuple of them. Never a Date or an object: they have no encoding that others agree on. */
export type Key = KeyPart | readonly [KeyPart, ...KeyPart[]]

/** What a record's body may hold. Fields that are undefined are left out. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json | undefined }
