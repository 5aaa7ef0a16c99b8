/** What Node is told when it runs the service (decision 0008); the Dockerfile says it too. A young generation may not grow beyond
 *  16 MB a half: collecting one of 64, as V8 would have it on a large machine, holds everybody for 20 ms. And two threads help
 *  the loop, not four: on two cores four that mark leave it half of one for a tenth of a second. */
export const serviceOptions = ['--max-semi-space-size=16', '--v8-pool-size=2']
