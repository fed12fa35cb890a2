"""The frontend's site at Netlify."""
