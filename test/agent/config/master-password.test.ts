/** The master password's hash. */

import t from 'tap'
import { checkFile } from '../../../agent/config/check.js'
import { checkMasterPassword, hashMasterPassword, isMasterPassword } from '../../../agent/config/master-password.js'

void t.test('a password is known by its hash, and no other is', async (t) => {
  const hash = await hashMasterPassword('Über secret')
  t.match(hash, /^\$scrypt\$ln=15,r=8,p=1\$/)
  t.notMatch(hash, 'secret')
  t.not(await hashMasterPassword('Über secret'), hash, 'each has a salt of its own')
  t.ok(await isMasterPassword('Über secret', hash))
  t.ok(await isMasterPassword('Über secret'.normalize('NFD'), hash), 'however it is composed')
  for (const wrong of ['', 'über secret', 'Über secret ', hash]) t.notOk(await isMasterPassword(wrong, hash), wrong)
})

void t.test('a hash of another program', async (t) => {
  // python3: hashlib.scrypt(b'lab', salt=bytes(range(16)), n=32768, r=8, p=1, dklen=32, maxmem=1 << 26)
  const hash = '$scrypt$ln=15,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$OH0kIa9hZY4NDQ20Xd2dIO5plBHh2MuUnDVFexWINKI'
  t.ok(await isMasterPassword('lab', hash))
  t.notOk(await isMasterPassword('labs', hash))
})

void t.test('who may pass', async (t) => {
  const hash = await hashMasterPassword('x')
  await t.resolves(checkMasterPassword(undefined, undefined), 'there is none')
  await t.resolves(checkMasterPassword(undefined, 'whatever'))
  await t.resolves(checkMasterPassword(hash, 'x'))
  await t.rejects(checkMasterPassword(hash, undefined), { code: 'password-needed', exitCode: 1 })
  const message = 'Incorrect Password, Client cannot be disabled'
  await t.rejects(checkMasterPassword(hash, 'y'), { code: 'wrong-password', exitCode: 1, message })
})

void t.test('steerlab.json takes hashes and nothing that was typed', async (t) => {
  const file = (masterPassword: unknown) => checkFile('steerlab.json', JSON.stringify({ masterPassword }))
  t.ok('value' in file(await hashMasterPassword('x')))
  for (const bad of ['x', '', 7, '$scrypt$ln=30,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$x'])
    t.match(file(bad), { problems: [/hash that `steerlab config password` has written/] }, JSON.stringify(bad))
  const typed = JSON.stringify(file('correct horse'))
  t.match(typed, /masterPassword: found another, allowed is/)
  t.notMatch(typed, 'correct horse', 'what was typed is not said again')
})
