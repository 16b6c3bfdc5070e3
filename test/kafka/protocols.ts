// The two protocols of Kafka's transactions, under each of which whatever depends on them is tested.

/** What to call it in a test, and the level of the feature that a broker has from its first start on. */
export const PROTOCOLS = [
  ['the second protocol of transactions', '2'],
  ['the first protocol of transactions', '1'],
] as const

/** For `startKafka`. */
export function featuresOf(level: (typeof PROTOCOLS)[number][1]): string[] {
  return [`transaction.version=${level}`]
}
