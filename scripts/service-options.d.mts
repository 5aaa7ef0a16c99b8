export declare const serviceOptions: readonly string[]
