// dbus-next tries this native module first and falls back to node:net when it is absent.
// The native one crashes on current Node versions and osa-net passes no file descriptors.
module.exports = {};
