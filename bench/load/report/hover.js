// Runs in the page: the values under the pointer, on every chart.
for (const figure of document.querySelectorAll('figure.chart')) {
  const { xs, names, series } = JSON.parse(figure.querySelector('script').textContent)
  const svg = figure.querySelector('svg')
  const cursor = svg.querySelector('.cursor')
  const tip = figure.querySelector('.tip')
  const hide = () => {
    cursor.setAttribute('visibility', 'hidden')
    tip.hidden = true
  }
  svg.addEventListener('pointerleave', hide)
  svg.addEventListener('pointermove', event => {
    if (xs.length === 0) return
    const box = svg.getBoundingClientRect()
    const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width
    let nearest = 0
    for (let index = 1; index < xs.length; index++)
      if (Math.abs(xs[index] - x) < Math.abs(xs[nearest] - x)) nearest = index
    cursor.setAttribute('x1', xs[nearest])
    cursor.setAttribute('x2', xs[nearest])
    cursor.setAttribute('visibility', 'visible')
    tip.replaceChildren(...lines(names[nearest], series, nearest))
    tip.hidden = false
    const left = (xs[nearest] / svg.viewBox.baseVal.width) * box.width
    const isRight = left > box.width / 2
    tip.style.left = isRight ? 'auto' : `${left + 26}px`
    tip.style.right = isRight ? `${box.width - left + 26}px` : 'auto'
  })
}

function lines(name, series, index) {
  const head = document.createElement('b')
  head.textContent = name
  const rows = series.map(each => {
    const row = document.createElement('div')
    const dot = document.createElement('i')
    dot.style.background = each.color
    const value = document.createElement('em')
    value.textContent = each.texts[index]
    row.append(dot, each.name, value)
    return row
  })
  return [head, ...rows]
}
