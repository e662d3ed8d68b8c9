// Search works from disk. A browser starts no worker from a file, so this one runs the worker's script in a hidden frame,
// which has what the theme's search asks of a worker: messages both ways, and importScripts. On a server nothing changes.
if (location.protocol === "file:") {
  window.Worker = window.IFrameWorker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      frame.title = "search";
      document.body.append(frame);
      this.inside = frame.contentWindow;
      this.waiting = [];
      const page = this.inside.document;
      this.inside.answer = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      this.inside.ready = () => {
        this.waiting.forEach((data) => this.send(data));
        this.waiting = null;
      };
      page.open();
      page.write(
        '<script>postMessage = (data) => answer(data);' +
          "importScripts = (...all) => all.reduce((before, src) => before.then(() => new Promise((done) => {" +
          'const s = document.createElement("script"); s.src = src; s.onload = done; document.body.append(s); })),' +
          "Promise.resolve());</script><script src=\"" + new URL(url, location.href) + '" onload="ready()"></script>'
      );
      page.close();
    }
    send(data) {
      this.inside.dispatchEvent(new MessageEvent("message", { data }));
    }
    postMessage(data) {
      if (this.waiting) this.waiting.push(data);
      else this.send(data);
    }
    terminate() {}
  };
}
