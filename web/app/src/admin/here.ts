/** Whether this page's address means this machine alone: nobody else can open it. */
export const onThisMachine = () => /^(localhost|127\.|\[::1\])/.test(location.hostname);
