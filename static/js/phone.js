/* Comfort only: every page works without this file. */
(function () {
  'use strict';
  var doc = document;
  function all(q, f) { Array.prototype.forEach.call(doc.querySelectorAll(q), f); }

  var problems = doc.getElementById('problems');
  if (problems) problems.focus();

  /* A second tap shows the first result; after 10 s the button opens again. */
  all('form[method=post]', function (form) {
    form.addEventListener('submit', function (event) {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = '1';
      var b = event.submitter || form.querySelector('.btn');
      if (b && b.dataset.busy) { b.dataset.words = b.textContent; b.textContent = b.dataset.busy; }
      setTimeout(function () {
        delete form.dataset.sent;
        if (b && b.dataset.words) b.textContent = b.dataset.words;
      }, 10000);
    });
  });
  window.addEventListener('pageshow', function (event) { if (event.persisted) location.reload(); });

  /* Group digits for reading while typing at the end: 138 1234 5678. The server drops the spaces. */
  all('input[data-group]', function (input) {
    var sizes = input.dataset.group.split('-').map(Number);
    function group() {
      if (input.selectionStart !== null && input.selectionStart < input.value.length) return;
      var rest = input.value.replace(/\s/g, ''), parts = [], i = 0;
      while (rest) { var n = sizes[Math.min(i++, sizes.length - 1)]; parts.push(rest.slice(0, n)); rest = rest.slice(n); }
      input.value = parts.join(' ');
    }
    input.addEventListener('input', function (e) { if (!e.isComposing && !/^delete/.test(e.inputType || '')) group(); });
    input.addEventListener('blur', function () { setTimeout(function () { scrollTo(0, scrollY); }, 50); });
  });

  /* Seconds that run down inside a button's words. */
  all('[data-seconds]', function (el) {
    var left = +el.dataset.seconds, words = el.textContent;
    if (!left) return;
    var clock = setInterval(show, 1000);
    function show() {
      el.textContent = left > 0 ? words + ' (' + left + ')' : words;
      if (left > 0) el.setAttribute('aria-disabled', 'true');
      else { clearInterval(clock); el.removeAttribute('aria-disabled'); }
      left -= 1;
    }
    el.addEventListener('click', function (e) { if (el.getAttribute('aria-disabled')) e.preventDefault(); });
    show();
  });

  /* Waiting pages ask the server, which answers as soon as something has changed. */
  var waiting = doc.querySelector('[data-poll]');
  function poll() {
    fetch(waiting.dataset.poll, { credentials: 'same-origin', cache: 'no-store' })
      .then(function (r) { return r.json(); })
      .then(function (d) { if (d.changed) location.replace(d.go); else setTimeout(poll, d.again || 500); })
      .catch(function () { setTimeout(poll, 3000); });
  }
  if (waiting && window.fetch) poll();

  /* A photo is made small on the phone, so that it travels on a weak network. */
  all('input[type=file]', function (input) {
    input.addEventListener('change', function () {
      var file = input.files[0];
      if (!file || file.size < 400000 || !window.createImageBitmap || !window.DataTransfer) return;
      createImageBitmap(file, { imageOrientation: 'from-image' }).then(function (bitmap) {
        var s = Math.min(1, 1600 / Math.max(bitmap.width, bitmap.height)), c = doc.createElement('canvas');
        c.width = bitmap.width * s; c.height = bitmap.height * s;
        c.getContext('2d').drawImage(bitmap, 0, 0, c.width, c.height);
        c.toBlob(function (blob) {
          if (!blob || blob.size >= file.size || input.files[0] !== file) return;
          var d = new DataTransfer();
          d.items.add(new File([blob], 'card.jpg', { type: 'image/jpeg' }));
          input.files = d.files;
        }, 'image/jpeg', 0.85);
      }).catch(function () {});
    });
  });
})();
