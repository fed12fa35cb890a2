"""The stand-in for Netlify."""
