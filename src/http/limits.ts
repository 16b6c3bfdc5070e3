// The bounds of the HTTP server. Each is small enough that a client that means harm, or is broken, takes nothing from others.

export interface HttpLimits {
  /** Bytes of one event. Default 1 MiB. */
  readonly eventBytes: number
  /** Bytes of a body with lines. Default 8 MiB. */
  readonly bodyBytes: number
  /** Events of one request. Default 10,000. */
  readonly events: number
  /** Arrays and objects within each other in an event. Default 32. */
  readonly depth: number
  /** Bytes of all bodies that are being taken or are not durable yet; what comes beyond is told to come later. Default 32 MiB. */
  readonly inFlightBytes: number
  /** Events a second that are taken, over all topics, with as many at once. Default: no bound but that of the bytes. */
  readonly eventsPerSecond: number
  /** Connections at once. Default 256. */
  readonly connections: number
  /** Of these, how many may follow a topic. Default 64. */
  readonly followers: number
  /** Time for the head of a request, ms. Default 10 s. */
  readonly headersMs: number
  /** Time for a whole request, ms. Default 30 s. */
  readonly requestMs: number
  /** How often connections are looked at for these two, ms. Default 5 s. */
  readonly lookMs: number
  /** How long a reader that follows may leave what it is sent unread, ms. Default 30 s. */
  readonly unreadMs: number
  /** How often a follower is told that nothing came, ms. Default 15 s. */
  readonly keepAliveMs: number
}

export const LIMITS: HttpLimits = {
  eventBytes: 1 << 20,
  bodyBytes: 8 << 20,
  events: 10_000,
  depth: 32,
  inFlightBytes: 32 << 20,
  eventsPerSecond: Infinity,
  connections: 256,
  followers: 64,
  headersMs: 10_000,
  requestMs: 30_000,
  lookMs: 5_000,
  unreadMs: 30_000,
  keepAliveMs: 15_000,
}
