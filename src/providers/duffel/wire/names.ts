/** Names as Duffel takes them: twenty characters each; letters of ASCII, Latin-1 and Latin Extended-A but no ligatures,
 *  spaces, hyphens, apostrophes. */
export type PassengerName = { readonly givenName: string; readonly familyName: string }

const partMax = 20

/** Letters outside the set that have a usual spelling inside it. */
const spellings: ReadonlyMap<string, string> = new Map([
  ['Æ', 'AE'],
  ['æ', 'ae'],
  ['Œ', 'OE'],
  ['œ', 'oe'],
  ['Ĳ', 'IJ'],
  ['ĳ', 'ij'],
  ['Þ', 'TH'],
  ['þ', 'th'],
  ['Ð', 'D'],
  ['ð', 'd'],
  ['’', "'"],
])

const fits = /^[A-Za-zÀ-ÖØ-öø-ſ' -]+$/

/** Null where a name cannot be written so. Long given names lose the later ones first, then their end. */
export function spellName(person: { readonly givenNames: string; readonly surname: string }): PassengerName | null {
  const given = spell(person.givenNames)
  const familyName = spell(person.surname).slice(0, partMax).trim()
  let givenName = given
  while (givenName.length > partMax && givenName.includes(' '))
    givenName = givenName.slice(0, givenName.lastIndexOf(' '))
  givenName = givenName.slice(0, partMax).trim()
  return fits.test(givenName) && fits.test(familyName) ? { givenName, familyName } : null
}

function spell(text: string): string {
  const plain = [...text.normalize('NFC')].map(letter => spellings.get(letter) ?? letter).join('')
  return plain.replace(/\s+/g, ' ').trim()
}
