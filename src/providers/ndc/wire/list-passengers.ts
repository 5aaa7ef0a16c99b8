import type { XmlScanner } from '../../../core/xml/scanner.ts'
import { eachChild, textOf, wordOf } from './xml.ts'

export type WirePax = {
  /** `ADT`, `CHD`, `GBE` …; empty where the message does not say. */
  readonly code: string
  readonly surname: string
  readonly givenNames: string
  /** Of an adult: the infant on its lap; the other way round in some messages. */
  readonly tiedTo: string | null
  readonly birthDate: string | null
  readonly gender: string | null
}

export function readPax(x: XmlScanner): readonly [string, WirePax] {
  let id = x.attribute('PassengerID') ?? ''
  let code = ''
  let tiedTo: string | null = null
  let birthDate: string | null = null
  let individual: Individual | null = null
  eachChild(x, name => {
    switch (name) {
      case 'PaxID':
        id = textOf(x)
        break
      case 'PTC':
        code = textOf(x).toUpperCase()
        break
      case 'PaxRefID':
      case 'InfantRef':
        tiedTo = wordOf(x)
        break
      case 'Birthdate':
        birthDate = wordOf(x)
        break
      case 'Individual':
        individual = readIndividual(x)
        break
      default:
    }
  })
  const person: Individual = individual ?? nobody
  return [
    id,
    {
      code,
      surname: person.surname,
      givenNames: person.givenNames,
      tiedTo,
      birthDate: person.birthDate ?? birthDate,
      gender: person.gender,
    },
  ]
}

type Individual = {
  readonly surname: string
  readonly givenNames: string
  readonly birthDate: string | null
  readonly gender: string | null
}

const nobody: Individual = { surname: '', givenNames: '', birthDate: null, gender: null }

function readIndividual(x: XmlScanner): Individual {
  let surname = ''
  const given: string[] = []
  let birthDate: string | null = null
  let gender: string | null = null
  eachChild(x, name => {
    if (name === 'Surname') surname = textOf(x)
    else if (name === 'GivenName' || name === 'MiddleName') given.push(textOf(x))
    else if (name === 'Birthdate') birthDate = wordOf(x)
    else if (name === 'GenderCode' || name === 'Gender') gender = wordOf(x)
  })
  return { surname, givenNames: given.join(' '), birthDate, gender }
}
