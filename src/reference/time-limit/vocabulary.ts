/** What the words of a remark say: a ticket is asked for, seats will be given up, or something else is the matter. */

const ticket = /TKT|TICKET|TCKT|^TKN|^E?TIX$|ADTK|^RITK|^TTL$|^TL$|^TIME?LIMIT$|TIMELIMIT|TKN[AEMC]$|^TAW$/
const issue = /^(ISSUE|ISS|ISSUED|ISSUANCE|PAY|PAID|PAYMENT|PURCHASE|SETTLE|SETTLED)$/
const cancel =
  /^(AUTO)?(C?X?XLD?|CX+L?D|CXLS?|CXLED|CXLNG|CNL|CNLD|CNX|CNXL|CNXLD|CANX|CANXD|CANC|CNCL|CNCLD|CANCEL\w*|XX|XXX|XXLD|XLD|XXD|RLSD?|RELEASED?|DROPPED|EXPIRES?D?|VOIDED)$/
const past =
  /^(ISSUED|TICKETED|TKTD|TKTED|RCVD|RECEIVED|RECD|CXLD|CNLD|CANX|CANXD|XLD|XXLD|CANCELLED|CANCELED|CONFIRMED|CFMD|CHANGED|CHGD|SENT|ADVISED|ADVD|PAID|REQUESTED|BOOKED|UPDATED|OPERATED|PROTECTED|EXCHANGED|REISSUED|REFUNDED|VOIDED)$/
const condition = /^(IF|OR|NOT|NO|UNLESS|MUST|BE|SHOULD|SHALL|WILL|WL|NEED|NEEDS|HAS|NON|UN\w*)$/
const modal = /^(WILL|WL|WLL|MAY|SHALL|MIGHT|SUBJ|SUBJECT|AUTO|AUTOMATICALLY|BE|CAN)$/
const request =
  /^(PLS|PLSE|PLZ|PLEASE|KINDLY|SEND|ADV|ADVS|ADVISE|ADVICE|ISSUE|ISS|ENTER|INSERT|PROVIDE|REQD|REQUIRED|MUST|REMINDER|RMDR)$|ADTK/
/** What else airlines ask for by a day, and what else happens on one. */
const otherMatter =
  /^(DOC[SAO]|DOCUMENTS?|APIS|API|PSPT|PASSPORTS?|VISA|FQT[VUR]|FFP|CTC[MERPTHB]?|CTCT|CONTACTS?|MOBILE|EMAIL|PHONE|SFPD|SECURE|APPS|SEAT|RQST|NSST|MEALS?|SPML|FOID|EMD|ASVC|BAG|BAGS|BAGGAGE|NAMES?|NMS?|NAMELIST|WCH[RSC]|UMNR|PETC|MEDIF|INSURANCE|CHECKIN|VACCINE|COVID|HEALTH|DEPOSIT|SKCHG|SCHED|SCHEDULE|SKED|RETIMED|RETIME|REACC|REACCOM|REACCOMMODATION|REBOOK|PROTECTION|OPS|OPERATIONAL)$/

/** What an airline gives up where no ticket comes; a flight it cancels for other reasons. */
const held =
  /^(PNR|PNRS|BKG|BKGS|BKNG|BOOKING|BOOKINGS|ITIN|ITINERARY|SEGS?|SEGMENTS?|SPACE|SEATS|RES|RESERVATION|RESERVATIONS|AUTO\w*)$/
const threat = /^(CANCELS|CXLS|CNLS|AUTO\w+)$/

export const saysTicket = (word: string): boolean => ticket.test(word)
export const saysIssue = (word: string): boolean => issue.test(word)
export const saysCancel = (word: string): boolean => cancel.test(word)
export const saysPast = (word: string): boolean => past.test(word)
export const saysCondition = (word: string): boolean => condition.test(word)
export const saysModal = (word: string): boolean => modal.test(word)
export const saysRequest = (word: string): boolean => request.test(word)
export const saysOtherMatter = (word: string): boolean => otherMatter.test(word)
export const saysHeld = (word: string): boolean => held.test(word)
export const saysThreat = (word: string): boolean => threat.test(word)
