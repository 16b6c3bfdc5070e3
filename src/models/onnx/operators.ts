// The operators a model file may use. A model is untrusted input, so this is a list of what is
// allowed, not of what is not. Left out on purpose: control flow (Loop, If, Scan: a model could run
// for ever), randomness (a replay would differ), sequences and optionals, and operators whose
// output size is read from data (one small file could ask for all memory).

const CORE = `
Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh Attention AveragePool
BatchNormalization BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Cast CastLike Ceil Celu
Clip Concat Constant Conv ConvInteger ConvTranspose Cos Cosh CumSum DepthToSpace DequantizeLinear
Det Div DynamicQuantizeLinear Einsum Elu Equal Erf Exp Flatten Floor GRU Gather GatherElements
GatherND Gelu Gemm GlobalAveragePool GlobalLpPool GlobalMaxPool Greater GreaterOrEqual
GroupNormalization HardSigmoid HardSwish Hardmax Identity InstanceNormalization IsInf IsNaN LRN
LSTM LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax LpNormalization LpPool MatMul
MatMulInteger Max MaxPool MaxRoiPool Mean MeanVarianceNormalization Min Mish Mod Mul Neg Not Or
PRelu Pow QLinearConv QLinearMatMul QuantizeLinear RMSNormalization RNN Reciprocal ReduceL1
ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum
ReduceSumSquare Relu Reshape ReverseSequence RotaryEmbedding Round ScatterElements ScatterND Selu
Shape Shrink Sigmoid Sign Sin Sinh Size Slice Softmax Softplus Softsign SpaceToDepth Split Sqrt
Squeeze StringConcat StringNormalizer Sub Sum Swish Tan Tanh TfIdfVectorizer ThresholdedRelu TopK
Transpose Trilu Unsqueeze Where Xor`

const MACHINE_LEARNING = `
ArrayFeatureExtractor Binarizer CastMap CategoryMapper DictVectorizer FeatureVectorizer Imputer
LabelEncoder LinearClassifier LinearRegressor Normalizer OneHotEncoder SVMClassifier SVMRegressor
Scaler TreeEnsemble TreeEnsembleClassifier TreeEnsembleRegressor ZipMap`

function words(text: string): string[] {
  return text.trim().split(/\s+/)
}

const ALLOWED: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['', new Set(words(CORE))],
  ['ai.onnx', new Set(words(CORE))],
  ['ai.onnx.ml', new Set(words(MACHINE_LEARNING))],
])

/** Operator sets (domains) a model may import. */
export function isAllowedDomain(domain: string): boolean {
  return ALLOWED.has(domain)
}

/** Whether a model may use that operator without the definition allowing it by name. */
export function isAllowedOperator(domain: string, operator: string): boolean {
  return ALLOWED.get(domain)?.has(operator) ?? false
}

/** `Loop`, `com.microsoft:FusedGemm`: how an operator is named in `allow` and in messages. */
export function operatorName(domain: string, operator: string): string {
  return domain === '' || domain === 'ai.onnx' ? operator : `${domain}:${operator}`
}
