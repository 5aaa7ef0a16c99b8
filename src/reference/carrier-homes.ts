import type { AirlineCode, ZoneName } from '../core/itinerary.ts'
import { zoneOfPlace } from './place-zones.ts'
import { lazy } from './tables.ts'

/** City of an airline's head office, whose clock its reservation system may keep; also of airlines that no longer fly,
 *  since old bookings name them. General trade knowledge: an airline that is missing has no home here. */
const homes = `
DFW AA|ATL DL|CHI UA|NYC B6|DAL WN|BOS 9K|DEN F9|SEA AS|HNL HA|MIA NK|YMQ AC TS|YYC WS|MEX AM Y4 VB|PTY CM|BOG AV|SCL LA H2
SAO G3 AD JJ|BUE AR|LIM LP|SJO LR|SAL TA|HAV CU|CCS V0|ASU PZ|MVD PU
LON BA VS U2 LS BY|DUB EI FR|PAR AF TO|AMS KL HV|BRU SN HQ|FRA LH DE|CGN 4U EW|BER AB|ZRH LX WK|VIE OS|ROM AZ|OLB IG
MAD IB UX|BCN VY|LPA NT|LIS TP|PDL S4 SP|MLA KM|CPH SK MT DK|OSL DY WF|HEL AY|REK FI|WAW LO|PRG OK QS|BUD W6
BUH RO 0B|SOF FB|BEG JU|ZAG OU|LJU JP|ATH A3 OA|TIA ZB|RIX BT|TLL OV|VNO TE|LCA CY|IEV PS VV|MSQ B2|KIV 9U 5F
YKS R3|MOW SU UT DP N4 5N YK 6W WZ ZR|LED FV|OVB S7|SVX U6|UFA 7R|IKT IO|UUS HZ|KUF U9
ALA KC|TAS HY|FRU K2 QH|DYU 7J|ASB T5|BAK J2|TBS A9|IST TK PC KK 8Q|AYT XQ|ANK VF
TLV LY 6H IZ|AMM RJ|BEY ME|DAM RB|BGW IA|THR IR EP W5|KWI KU J9|BAH GF|DOH QR|AUH EY|DXB EK FZ|SHJ G9|MCT WY|RUH XY|JED SV
CAI MS SM|ALG AH|TUN TU|CAS AT|TIP LN 8U|KRT SD|ADD ET|NBO KQ|KGL WB|EBB UR|DAR TC|JNB SA MN|MRU MK|SEZ HM|TNR MD|WDH SW
LOS W3 P4|ACC AW|ABJ HF|DKR HC|LAD DT|MPM TM|HRE UM
DEL AI 6E I5|BOM 9W G8 QP SG|KHI PK|DAC BG|CMB UL|KTM RA|MLE Q2|KBL FG RQ|PBH KB
BKK TG PG FD WE SL|SIN SQ MI TR 3K|KUL MH AK D7 OD|JKT GA QG JT ID|MNL PR 5J Z2|HAN VN BL|SGN VJ|PNH K6|RGN UB 8M|VTE QV|BWN BI
HKG CX KA HX UO HB|MFM NX|TPE CI BR IT B7|BJS CA HU JD|SHA MU FM HO 9C|CAN CZ|CTU 3U EU|SZX ZH|XMN MF|TNA SC|TSN GS BK|CKG PN|KMG 8L DR|URC UQ
TYO JL NH BC 7G|OSA MM|SEL KE OZ LJ TW ZE|PUS BX|CJU 7C|ULN OM
SYD QF|BNE VA|MEL JQ|AKL NZ|NAN FJ|POM PX|PPT TN|NOU SB|VLI NF|APW OL`

/** Airlines named twice keep the first line. */
const cityOfCarrier = lazy((): ReadonlyMap<string, string> => {
  const map = new Map<string, string>()
  for (const entry of homes.split(/[|\n]+/)) {
    const [city, ...carriers] = entry.trim().split(' ')
    for (const carrier of carriers) if (!map.has(carrier)) map.set(carrier, city!)
  }
  return map
})

export function homeZoneOf(carrier: AirlineCode): ZoneName | undefined {
  const city = cityOfCarrier().get(carrier)
  return city === undefined ? undefined : zoneOfPlace(city)
}
