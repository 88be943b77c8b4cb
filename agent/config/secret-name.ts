// Pure: which keys of a JSON file have secrets as their values.

/** A name is a secret's if its last word is one of these ... */
const SECRET_WORDS = new Set(['pass', 'pwd', 'psk', 'auth', 'authorization', 'jwt', 'bearer'])

/** ... or any word ends with one of these, because names are also written in one: `orgkey`, `masterpassword`. */
const SECRET_ENDINGS =
  /(?:keys?|passwords?|passwd|passphrases?|passcodes?|secrets?|tokens?|credentials?|cookies?|signature)$/

/** Whether what has this name is a secret: `OrgKey`, `user_key`, `masterPassword`, `authToken`. */
export function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '')
  return SECRET_WORDS.has(words.at(-1) ?? '') || words.some((word) => SECRET_ENDINGS.test(word))
}
