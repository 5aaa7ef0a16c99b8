/** Names as a ticket can hold them: capital letters A-Z and single spaces. Transliteration: ICAO Doc 9303 part 3, section 6
 *  (tables A for Latin, B for Cyrillic); letters that are not in the tables lose their accents. */

/** Surname, and given names with the title in them (domain.md 4.1, Sabre: 29 a field). */
export const nameLettersMax = 29

const latin: Readonly<Record<string, string>> = {
  Ä: 'AE',
  Å: 'AA',
  Æ: 'AE',
  Ö: 'OE',
  Ø: 'OE',
  Œ: 'OE',
  Ü: 'UE',
  ß: 'SS',
  ẞ: 'SS',
  Þ: 'TH',
  Ð: 'D',
  Đ: 'D',
  Ħ: 'H',
  Ĳ: 'IJ',
  Ł: 'L',
  Ŀ: 'L',
  Ŋ: 'N',
  Ŧ: 'T',
  İ: 'I',
  ı: 'I',
  ĸ: 'Q',
  Ə: 'E',
}

const cyrillic: Readonly<Record<string, string>> = {
  А: 'A',
  Б: 'B',
  В: 'V',
  Г: 'G',
  Ґ: 'G',
  Д: 'D',
  Е: 'E',
  Ё: 'E',
  Є: 'IE',
  Ж: 'ZH',
  З: 'Z',
  И: 'I',
  І: 'I',
  Ї: 'I',
  Й: 'I',
  Ј: 'J',
  К: 'K',
  Л: 'L',
  Љ: 'LJ',
  М: 'M',
  Н: 'N',
  Њ: 'NJ',
  О: 'O',
  П: 'P',
  Р: 'R',
  С: 'S',
  Т: 'T',
  Ћ: 'C',
  Ђ: 'D',
  У: 'U',
  Ў: 'U',
  Ф: 'F',
  Х: 'KH',
  Ц: 'TS',
  Ч: 'CH',
  Џ: 'DZ',
  Ш: 'SH',
  Щ: 'SHCH',
  Ъ: 'IE',
  Ы: 'Y',
  Ь: '',
  Э: 'E',
  Ю: 'IU',
  Я: 'IA',
  Ѕ: 'DZ',
  Ѓ: 'G',
  Ќ: 'K',
}

/** Undefined where a character has no place on a ticket (digits, emoji, scripts without a table). Apostrophes and full stops
 *  vanish, hyphens become spaces. */
export function ticketName(text: string): string | undefined {
  const capitals = text.normalize('NFC').toUpperCase()
  if (/^[A-Z]+$/.test(capitals)) return capitals
  let name = ''
  for (const character of capitals) {
    const letters = ticketLetters(character)
    if (letters === undefined) return undefined
    name += letters
  }
  return name.replace(/ +/g, ' ').trim()
}

function ticketLetters(character: string): string | undefined {
  if (character >= 'A' && character <= 'Z') return character
  if (/[\s\u2010-\u2015-]/u.test(character)) return ' '
  if (/['’ʼ‘`´.]/u.test(character)) return ''
  const known = latin[character] ?? cyrillic[character]
  if (known !== undefined) return known
  const base = character.normalize('NFD').replace(/\p{M}/gu, '')
  return /^[A-Z]*$/.test(base) ? base : (latin[base] ?? cyrillic[base])
}

/** Middle names go first (domain.md 4.1); undefined where the first one alone is too long. */
export function fitGivenNames(name: string): string | undefined {
  const parts = name.split(' ')
  while (parts.length > 1 && parts.join(' ').length > nameLettersMax) parts.pop()
  const fitting = parts.join(' ')
  return fitting.length <= nameLettersMax ? fitting : undefined
}

/** In how many ways a last name may be typed and still be the same: whatever its case, spaces and accents, with Ä as AE or A. */
export function lastNameForms(text: string): readonly string[] {
  const forms = new Set<string>()
  const ticket = ticketName(text)
  if (ticket) forms.add(ticket.replaceAll(' ', ''))
  const plain = text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
  const folded = ticketName(plain.replace(/[ØÅ]/g, letter => (letter === 'Ø' ? 'O' : 'A')))?.replaceAll(' ', '')
  if (folded) forms.add(folded)
  else if (plain) forms.add(plain)
  return [...forms]
}
