// Property tests take the same cases in every run, so that a change fails because of what it changes. Other cases:
// `MILLRACE_TEST_SEED=7 npm test`; what fails says its seed.
import fc from 'fast-check'

fc.configureGlobal({ seed: Number(process.env.MILLRACE_TEST_SEED ?? 1) })
