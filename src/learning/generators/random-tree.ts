// Rows whose class a random tree says.
import { Prng } from '../../base/prng.ts'
import { checkSetting } from '../settings.ts'
import type { GeneratedFeature, Generator } from './generator.ts'

/** What `randomTree` takes. */
export interface RandomTreeOptions {
  /** Which tree: two of the same are the same tree. Default 1. */
  readonly concept?: number
  /** Default 2. */
  readonly classes?: number
  /** Numeric features. Default 5. */
  readonly numeric?: number
  /** Nominal features, after the numeric ones. Default 5. */
  readonly nominal?: number
  /** Values of each nominal one. Default 5. */
  readonly values?: number
  /** Depth at which every node is a leaf. Default 5. */
  readonly depth?: number
  /** Depth from which a node may be a leaf. Default 3. */
  readonly firstLeaf?: number
  /** Chance that a node that may be a leaf is one. Default 0.15. */
  readonly leaves?: number
  /** Of the rows. Default 1. */
  readonly seed?: number
}

type Settings = Required<Omit<RandomTreeOptions, 'seed'>>
type Node =
  | { readonly label: number }
  | { readonly feature: number; readonly split: number; readonly children: readonly Node[] }

/**
 * Random trees (Domingos and Hulten, "Mining high-speed data streams", KDD 2000; defaults of MOA's RandomTreeGenerator): a tree splits on
 * features taken at random, a numeric one at a place within the range that reaches the node, a nominal one by value and at most once on a path;
 * leaves have random classes. Features are uniform, numeric ones in [0, 1).
 * @example
 * randomTree({ classes: 5 })
 */
export function randomTree(options: RandomTreeOptions = {}): Generator {
  const { seed = 1 } = options
  const settings = checked(options)
  const { numeric, nominal, values, classes } = settings
  const random = new Prng(seed)
  const ranges = Array.from({ length: numeric }, (): [number, number] => [0, 1])
  const root = grow(new Prng(settings.concept, 1), settings, { depth: 0, ranges, used: [] })
  const features: GeneratedFeature[] = [
    ...Array.from({ length: numeric }, (_, i) => ({ name: `x${i + 1}` })),
    ...Array.from({ length: nominal }, (_, i) => ({ name: `n${i + 1}`, values })),
  ]
  return {
    kind: 'random-tree',
    task: 'classes',
    classes,
    features,
    next(x) {
      for (let i = 0; i < numeric; i++) x[i] = random.next()
      for (let i = 0; i < nominal; i++) x[numeric + i] = random.below(values)
      let node = root
      while ('children' in node) {
        const value = x[node.feature]
        node = node.children[node.feature < numeric ? (value < node.split ? 0 : 1) : value]
      }
      return node.label
    },
  }
}

function checked(options: RandomTreeOptions): Settings {
  const { concept = 1, classes = 2, numeric = 5, nominal = 5, values = 5 } = options
  const { depth = 5, firstLeaf = 3, leaves = 0.15 } = options
  const check = (name: string, value: number, atLeast: number): void => {
    checkSetting('random tree', name, value, { atLeast, whole: true })
  }
  check('concept', concept, 0)
  check('classes', classes, 2)
  check('numeric', numeric, 0)
  check('nominal', nominal, numeric === 0 ? 1 : 0)
  check('values', values, 2)
  checkSetting('random tree', 'depth', depth, { atLeast: 1, atMost: 12, whole: true })
  check('firstLeaf', firstLeaf, 1)
  checkSetting('random tree', 'leaves', leaves, { atLeast: 0, atMost: 1 })
  return { concept, classes, numeric, nominal, values, depth, firstLeaf, leaves }
}

interface Place {
  readonly depth: number
  /** What can reach here, of each numeric feature. */
  readonly ranges: readonly (readonly [from: number, to: number])[]
  /** Nominal features that the path has split on. */
  readonly used: readonly number[]
}

function grow(random: Prng, settings: Settings, { depth, ranges, used }: Place): Node {
  const { numeric, nominal } = settings
  const left = Array.from({ length: numeric + nominal }, (_, i) => i).filter(
    (feature) => !used.includes(feature),
  )
  const mayEnd = depth >= settings.firstLeaf && random.chance(settings.leaves)
  if (depth >= settings.depth || mayEnd || left.length === 0) {
    return { label: random.below(settings.classes) }
  }
  const feature = random.pick(left)
  if (feature >= numeric) {
    const place = { depth: depth + 1, ranges, used: [...used, feature] }
    const children = Array.from({ length: settings.values }, () => grow(random, settings, place))
    return { feature, split: 0, children }
  }
  const [from, to] = ranges[feature]
  const split = from + (to - from) * random.next()
  const below = ranges.map((range, i) => (i === feature ? ([from, split] as const) : range))
  const above = ranges.map((range, i) => (i === feature ? ([split, to] as const) : range))
  const children = [below, above].map((each) =>
    grow(random, settings, { depth: depth + 1, ranges: each, used }),
  )
  return { feature, split, children }
}
