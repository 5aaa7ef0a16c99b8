/** The kind of wording. */
export type Rule =
  | 'by'
  | 'before'
  | 'until'
  | 'latest'
  | 'last-day'
  | 'time-limit'
  | 'cancelled-at'
  | 'requested'
  | 'status-line'
  | 'within'

/** Words after which the day or time of the limit comes. */
type Cue = { readonly rule: Rule; readonly phrases: readonly (readonly string[])[] }

export const cues: readonly Cue[] = [
  {
    rule: 'before',
    phrases: [['ON', '/', 'BEFORE'], ['ON', 'OR', 'BEFORE'], ['BEFORE'], ['PRIOR', 'TO'], ['BFR'], ['BFOR']],
  },
  {
    rule: 'latest',
    phrases: [['LATEST'], ['NLT'], ['LATER', 'THAN'], ['NOT', 'LATER'], ['NO', 'LATER'], ['AT', 'THE', 'LATEST']],
  },
  {
    rule: 'until',
    phrases: [['UNTIL'], ['UNTILL'], ['UNTL'], ['TILL'], ['TIL'], ['UP', 'TO'], ['UPTO'], ['VALID', 'TO'], ['THRU']],
  },
  { rule: 'by', phrases: [['BY']] },
  {
    rule: 'time-limit',
    phrases: [
      ['TIME', 'LIMIT'],
      ['TIME', 'LIMITED', 'TO'],
      ['TIMELIMIT'],
      ['TIMLIM'],
      ['TTL'],
      ['TKTL'],
      ['TKTTL'],
      ['TKTGTL'],
      ['TL'],
      ['T', '/', 'L'],
      ['DEADLINE'],
      ['DEAD', 'LINE'],
      ['DUE'],
      ['TKT', 'LIMIT'],
      ['EXPIRES'],
      ['EXPIRE'],
      ['EXPIRY'],
      ['EXPIRING'],
      ['CXL', 'DATE'],
      ['CNL', 'DATE'],
      ['CANCEL', 'DATE'],
      ['CANCELLATION', 'DATE'],
    ],
  },
  {
    rule: 'last-day',
    phrases: [
      ['LAST', 'DAY'],
      ['LAST', 'DATE'],
      ['LAST', 'TKT'],
      ['LAST', 'TKTG'],
      ['LAST', 'TICKETING'],
      ['LAST', 'TICKET'],
      ['LAST', 'TIME'],
    ],
  },
]

/** Words between a cue and its moment: `BY AI BY 1800`, `LAST DAY FOR TICKETING IS 05JAN`. */
export const bridge =
  /^(THAN|CLOSE|BUSINESS|FOR|TO|OF|IS|ON|AT|BY|THE|DATE|DAY|TIME|END|COB|EOD|XX|LATEST|EXACTLY|IN|WILL|BE|OR|BEFORE|PAYMENT|PURCHASE|ISSUE|ISSUING|ISSUANCE|\w*TKT\w*|TICKET\w*|[A-Z]{3}DAY|MON|TUE|WED|THU|FRI|SAT|SUN)$/
