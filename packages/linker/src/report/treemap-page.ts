// The page of --treemap: style, script and data in one text. The script lays the rectangles out
// row by row, each row as square as it can be (Bruls, Huizing, van Wijk, "Squarified Treemaps").

import type { TreemapNode } from './treemap.ts';

const style = `body{margin:0;font:13px system-ui,sans-serif;background:#fff;color:#1b1f24}
header{padding:8px 12px;display:flex;gap:12px;align-items:baseline}
h1{font-size:15px;margin:0}#path button{border:0;background:none;color:#0b5cad;cursor:pointer;font:inherit}
#map{position:absolute;inset:44px 8px 8px}
.box{position:absolute;box-sizing:border-box;border:1px solid #fff;overflow:hidden;cursor:pointer}
.box span{display:block;padding:1px 4px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.box:focus{outline:2px solid #0b5cad;outline-offset:-2px}
@media(prefers-color-scheme:dark){body{background:#14181d;color:#e6e9ec}.box{border-color:#14181d}
.box{color:#14181d}#path button{color:#7fb6ee}}`;

const script = `const map=document.getElementById('map'),path=document.getElementById('path');
let trail=[data];
const bytes=n=>n>=1048576?(n/1048576).toFixed(1)+' MiB':n>=1024?(n/1024).toFixed(1)+' KiB':n+' B';
function rows(list,x,y,w,h){const out=[];let rest=list.slice(),total=rest.reduce((s,n)=>s+n.size,0);
while(rest.length&&w>1&&h>1){const side=Math.min(w,h),scale=w*h/total;let row=[],sum=0,worst=Infinity;
while(rest.length){const s=sum+rest[0].size,thick=s*scale/side;
let bad=0;for(const n of[...row,rest[0]]){const long=n.size*scale/thick;bad=Math.max(bad,long/thick,thick/long)}
if(row.length&&bad>worst)break;worst=bad;sum=s;row.push(rest.shift())}
const thick=sum*scale/side;let at=0;for(const n of row){const long=n.size*scale/thick;
out.push(w>=h?[n,x,y+at,thick,long]:[n,x+at,y,long,thick]);at+=long}
if(w>=h){x+=thick;w-=thick}else{y+=thick;h-=thick}total-=sum}return out}
function draw(node,x,y,w,h,depth,hue){for(const[n,bx,by,bw,bh]of rows(node.children.filter(c=>c.size>0),x,y,w,h)){
if(bw<2||bh<2)continue;const own=depth?hue:[...n.name].reduce((s,c)=>s*31+c.charCodeAt(0)|0,7)%360;
const e=document.createElement('div');e.className='box';e.tabIndex=0;e.setAttribute('role','button');
e.style.cssText='left:'+bx+'px;top:'+by+'px;width:'+bw+'px;height:'+bh+'px;background:hsl('+own+' 55% '+(68+depth*9)+'%)';
e.title=n.name+' \\u2013 '+bytes(n.size);e.setAttribute('aria-label',e.title);
if(bw>30&&bh>14){const s=document.createElement('span');s.textContent=n.name+' '+bytes(n.size);e.append(s)}
const open=v=>{v.stopPropagation();if(n.children.length){trail.push(n);show()}};
e.onclick=open;e.onkeydown=v=>{if(v.key==='Enter')open(v)};map.append(e);
if(depth<2&&n.children.length&&bw>24&&bh>34)draw(n,bx+2,by+18,bw-4,bh-20,depth+1,own)}}
function show(){map.replaceChildren();path.replaceChildren();trail.forEach((n,i)=>{const b=document.createElement('button');
b.textContent=(i?'\\u203a ':'')+n.name;b.onclick=()=>{trail=trail.slice(0,i+1);show()};path.append(b)});
const at=trail[trail.length-1];document.getElementById('total').textContent=bytes(at.size);
draw(at,0,0,map.clientWidth,map.clientHeight,0,0)}
addEventListener('resize',show);show();`;

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

/**
 * What takes the room of an output as an HTML page of nested rectangles, for a person to look at. It holds its data and
 * needs nothing else; names cannot end its script.
 */
export function treemapPage(root: TreemapNode): string {
  const data = JSON.stringify(root).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(root.name)}: sizes</title>
<style>${style}</style>
<header><h1>${escaped(root.name)}</h1><nav id="path" aria-label="where"></nav><span id="total"></span></header>
<main id="map"></main>
<script>const data=${data};
${script}</script>
</html>
`;
}
