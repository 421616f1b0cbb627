// Something goes on: the page is loaded again until it is over. Without JavaScript its words say so.
setTimeout(() => location.reload(), 2000);
