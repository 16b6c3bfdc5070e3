import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, describe, it } from 'vitest'
import { machineBytes, residentBytes } from '../../src/runner/resident-bytes.ts'
import { CallMemory } from '../../src/runner/versions/call-memory.ts'

const CALL = { sequence: 1, active: true, task: 0, model: 0, commit: 1, rows: 1 }

describe('the memory of a call', () => {
  it('is what its worker has more than when the call was seen for the second time', () => {
    const memory = new CallMemory()
    const looks = [900, 500, 599, 600, 601].map((bytes) => memory.look(CALL, () => bytes, 100))
    expect(looks).toEqual([false, false, false, false, true])
  })

  it('begins anew with every call, and is not asked for between calls or in short ones', () => {
    const memory = new CallMemory()
    let asked = 0
    let bytes = 0
    const growing = (): number => {
      asked++
      return (bytes += 80)
    }
    for (let sequence = 1; sequence < 50; sequence++) {
      expect(memory.look({ ...CALL, sequence }, growing, 100)).toBe(false)
      expect(memory.look({ ...CALL, sequence, active: false }, growing, 100)).toBe(false)
    }
    expect(memory.look(undefined, growing, 100)).toBe(false)
    expect(asked).toBe(0)
    for (let sequence = 50; sequence < 100; sequence++)
      for (let look = 0; look < 3; look++)
        expect(memory.look({ ...CALL, sequence }, growing, 100)).toBe(false)
    expect(asked).toBe(100)
  })

  it('is not known where the system does not tell: then it ends nobody', () => {
    const memory = new CallMemory()
    for (let i = 0; i < 10; i++) expect(memory.look(CALL, () => undefined, 0)).toBe(false)
  })
})

describe.runIf(process.platform === 'linux')('the memory of a process', () => {
  it('is what it holds at least and less than all there is, and unknown once it has ended', async () => {
    const code = `const kept = Buffer.alloc(64 << 20, 1); console.log(kept.length); process.stdin.resume()`
    const child = spawn(process.execPath, ['-e', code], { stdio: ['pipe', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    const bytes = residentBytes(child.pid ?? 0)
    expect(bytes).toBeGreaterThan(64 << 20)
    expect(bytes).toBeLessThan(machineBytes())
    child.stdin.end()
    await once(child, 'close')
    expect(residentBytes(child.pid ?? 0)).toBeUndefined()
  })
})
