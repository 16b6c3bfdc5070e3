// Error codes of the protocol that are told apart here. Source: Apache Kafka protocol guide, error codes.

export const NONE = 0
export const OFFSET_OUT_OF_RANGE = 1
export const UNKNOWN_TOPIC = 3
export const LEADER_NOT_AVAILABLE = 5
/** Of a topic: something is not allowed there. */
export const TOPIC_DENIED = 29
/** Of a group. */
export const GROUP_DENIED = 30
export const TOPIC_EXISTS = 36
/** Of a request for partitions: there are as many already, or more. */
export const INVALID_PARTITIONS = 37
export const CONCURRENT_TRANSACTIONS = 51
export const DUPLICATE_SEQUENCE = 46
export const ILLEGAL_GENERATION = 22
export const UNKNOWN_MEMBER = 25
export const REBALANCE_IN_PROGRESS = 27
export const MEMBER_ID_REQUIRED = 79
export const FENCED_INSTANCE = 82
/** Of an offset: a transaction that is open may change it. */
export const UNSTABLE_OFFSET_COMMIT = 88
/** Of a request about it: there is none of that name. */
export const UNKNOWN_TRANSACTIONAL_ID = 105

/** Who asks has a successor: it ends. */
const FENCING = new Set([
  47, // INVALID_PRODUCER_EPOCH
  48, // INVALID_TXN_STATE: somebody else has ended the transaction
  49, // INVALID_PRODUCER_ID_MAPPING
  52, // TRANSACTION_COORDINATOR_FENCED
  90, // PRODUCER_FENCED
])

/** The same request may succeed later, perhaps of another broker. */
const TRANSIENT = new Set([
  -1, // UNKNOWN_SERVER_ERROR: seen of EndTxn where another opens the same id at that moment
  2, // CORRUPT_MESSAGE, on the way
  3, // UNKNOWN_TOPIC_OR_PARTITION: a new topic that not every broker knows yet
  5, // LEADER_NOT_AVAILABLE
  6, // NOT_LEADER_OR_FOLLOWER
  7, // REQUEST_TIMED_OUT
  8, // BROKER_NOT_AVAILABLE
  13, // NETWORK_EXCEPTION
  14, // COORDINATOR_LOAD_IN_PROGRESS
  15, // COORDINATOR_NOT_AVAILABLE
  16, // NOT_COORDINATOR
  19, // NOT_ENOUGH_REPLICAS
  20, // NOT_ENOUGH_REPLICAS_AFTER_APPEND
  41, // NOT_CONTROLLER
  51, // CONCURRENT_TRANSACTIONS
  56, // KAFKA_STORAGE_ERROR
  72, // LISTENER_NOT_FOUND
  74, // FENCED_LEADER_EPOCH
  75, // UNKNOWN_LEADER_EPOCH
  78, // OFFSET_NOT_AVAILABLE
  88, // UNSTABLE_OFFSET_COMMIT
  89, // THROTTLING_QUOTA_EXCEEDED
])

export function isFencing(code: number): boolean {
  return FENCING.has(code)
}

export function isTransient(code: number): boolean {
  return TRANSIENT.has(code)
}

const NAMES = new Map([
  [-1, 'UNKNOWN_SERVER_ERROR'],
  [1, 'OFFSET_OUT_OF_RANGE'],
  [3, 'UNKNOWN_TOPIC_OR_PARTITION'],
  [10, 'MESSAGE_TOO_LARGE'],
  [12, 'OFFSET_METADATA_TOO_LARGE'],
  [14, 'COORDINATOR_LOAD_IN_PROGRESS'],
  [15, 'COORDINATOR_NOT_AVAILABLE'],
  [16, 'NOT_COORDINATOR'],
  [17, 'INVALID_TOPIC'],
  [19, 'NOT_ENOUGH_REPLICAS'],
  [24, 'INVALID_GROUP_ID'],
  [26, 'INVALID_SESSION_TIMEOUT'],
  [29, 'TOPIC_AUTHORIZATION_FAILED'],
  [30, 'GROUP_AUTHORIZATION_FAILED'],
  [31, 'CLUSTER_AUTHORIZATION_FAILED'],
  [36, 'TOPIC_ALREADY_EXISTS'],
  [37, 'INVALID_PARTITIONS'],
  [38, 'INVALID_REPLICATION_FACTOR'],
  [40, 'INVALID_CONFIG'],
  [42, 'INVALID_REQUEST'],
  [44, 'POLICY_VIOLATION'],
  [45, 'OUT_OF_ORDER_SEQUENCE_NUMBER'],
  [47, 'INVALID_PRODUCER_EPOCH'],
  [48, 'INVALID_TXN_STATE'],
  [49, 'INVALID_PRODUCER_ID_MAPPING'],
  [50, 'INVALID_TRANSACTION_TIMEOUT'],
  [51, 'CONCURRENT_TRANSACTIONS'],
  [53, 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED'],
  [59, 'UNKNOWN_PRODUCER_ID'],
  [81, 'GROUP_MAX_SIZE_REACHED'],
  [90, 'PRODUCER_FENCED'],
  [120, 'TRANSACTION_ABORTABLE'],
])

/** What to do where the code alone says it. */
const CURES = new Map([
  [
    26,
    "let the brokers' group.min.session.timeout.ms and group.max.session.timeout.ms have session.timeout.ms between them (default 10 s)",
  ],
  [
    50,
    "let the brokers' transaction.max.timeout.ms be no less than transaction.timeout.ms (default 15 s)",
  ],
])

/** For messages: what was found, and what to do where that is known. */
export function codeText(code: number): string {
  const cure = CURES.get(code)
  return `${NAMES.get(code) ?? 'error'} (${code})${cure === undefined ? '' : `: ${cure}`}`
}
